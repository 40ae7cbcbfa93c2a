#include "base/files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/error.h"

namespace spikefab {
namespace {

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Where writing to `path` must end up: behind symbolic links. Throws UsageError for what is no
// file.
std::string real_path(const std::string& path) {
  if (path.empty()) throw UsageError("the name of an output file is empty");
  if (path == "-") throw UsageError("'-' is no output file", "write to /dev/stdout");
  if (std::filesystem::is_directory(path)) {
    throw UsageError("cannot write " + path + ": it is a folder", "name a file in it");
  }
  std::filesystem::path real = path;
  while (std::filesystem::is_symlink(std::filesystem::symlink_status(real))) {
    const std::filesystem::path next = real.parent_path() / std::filesystem::read_symlink(real);
    const bool leads_nowhere = !std::filesystem::exists(next) && std::filesystem::exists(real);
    if (leads_nowhere) break;  // to an open pipe, as /dev/stdout can: only this name opens it
    real = next;
  }
  return real.string();
}

// Makes the rename itself durable.
void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

FileReader::FileReader(const std::string& path) : path_(path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    throw InputError(path, std::string("cannot be opened: ") + std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) throw InputError(path, "is not a regular file");
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) throw InputError(path, std::string("cannot be opened: ") + std::strerror(errno));
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // callers read large pieces; no second copy
  size_ = static_cast<u64>(status.st_size);
}

std::size_t FileReader::read(std::span<std::byte> bytes) {
  const std::size_t got = std::fread(bytes.data(), 1, bytes.size(), file_.get());
  if (got < bytes.size() && std::ferror(file_.get())) {
    throw InputError(path_, "cannot be read at byte " + std::to_string(offset_ + got));
  }
  offset_ += got;
  return got;
}

std::string read_text(const std::string& path, u64 max_bytes) {
  FileReader file(path);
  if (file.size() > max_bytes) {
    throw InputError(path, "has " + std::to_string(file.size()) + " bytes (at most " +
                               std::to_string(max_bytes) + " are allowed here)");
  }
  std::string text(file.size(), '\0');
  text.resize(file.read(std::as_writable_bytes(std::span(text))));
  return text;
}

AtomicFile::AtomicFile(const std::string& path) : path_(real_path(path)) {
  const bool is_special =
      std::filesystem::exists(path_) && !std::filesystem::is_regular_file(path_);
  if (!is_special) temporary_ = path_ + ".tmp-" + std::to_string(::getpid());
  const std::string& target = is_special ? path_ : temporary_;
  if (!is_special) ::unlink(target.c_str());  // of a dead process that had our number
  const int flags = O_WRONLY | O_CLOEXEC | (is_special ? 0 : O_CREAT | O_EXCL | O_NOFOLLOW);
  const int fd = ::open(target.c_str(), flags, 0666);
  file_ = fd < 0 ? nullptr : ::fdopen(fd, "wb");
  if (!file_) throw_errno("cannot write " + path_);
}

AtomicFile::~AtomicFile() {
  if (!file_) return;
  std::fclose(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void AtomicFile::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    throw_errno("cannot write " + path_);
  }
}

void AtomicFile::commit() {
  if (std::fflush(file_) != 0) throw_errno("cannot write " + path_);
  if (!temporary_.empty() && ::fsync(::fileno(file_)) != 0) throw_errno("cannot write " + path_);
  const int closed = std::fclose(file_);
  file_ = nullptr;
  if (closed != 0) throw_errno("cannot write " + path_);
  if (temporary_.empty()) return;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    errno = error;
    throw_errno("cannot write " + path_);
  }
  sync_folder_of(path_);
}

void write_text(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  SPIKEFAB_ASSERT(context_ != nullptr);
  SPIKEFAB_ASSERT(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) ==
                  1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256::add(std::span<const std::byte> bytes) {
  SPIKEFAB_ASSERT(
      EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  SPIKEFAB_ASSERT(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest, &size) == 1);
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

std::string sha256_of_text(std::string_view text) {
  Sha256 sha;
  sha.add(std::as_bytes(std::span(text)));
  return sha.hex();
}

std::string sha256_of_file(const std::string& path) {
  FileReader file(path);
  Sha256 sha;
  std::vector<std::byte> buffer(1 << 16);
  while (const std::size_t got = file.read(buffer)) sha.add(std::span(buffer).first(got));
  return sha.hex();
}

}  // namespace spikefab
