#include "mapper/json_places.h"

#include <cstring>
#include <vector>

#include "mapper/json_file_stream.h"

namespace spikefab {
namespace {

// A rapidjson input stream that knows where the value begins whose last byte was taken: rapidjson
// reports a scalar after its last byte, an array or object after its bracket.
class LineStream {
 public:
  using Ch = char;
  explicit LineStream(const std::string& path) : file_(path), in_(file_) {}

  Ch Peek() const { return in_.Peek(); }
  std::size_t Tell() const { return in_.Tell(); }
  Ch Take() {
    const Ch c = in_.Take();
    if (in_string_) {
      in_string_ = c != '"' || previous_ == '\\';
      previous_ = c == '\\' && previous_ == '\\' ? '\0' : c;
    } else {
      if (!is_space(c) && (is_space(previous_) || std::strchr(",:[{", previous_))) start_ = here_;
      in_string_ = c == '"';
      previous_ = c;
    }
    here_ = c == '\n' ? Place{here_.line + 1, 1} : Place{here_.line, here_.column + 1};
    return c;
  }
  std::string value_place() const { return text(start_); }
  std::string byte_place() const { return text(here_); }

  // Only for output streams; rapidjson wants them to exist.
  Ch* PutBegin() { return nullptr; }
  void Put(Ch) {}
  void Flush() {}
  std::size_t PutEnd(Ch*) { return 0; }

 private:
  struct Place {
    u64 line = 1;
    u64 column = 1;
  };
  static bool is_space(Ch c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static std::string text(Place p) {
    return std::to_string(p.line) + ":" + std::to_string(p.column);
  }

  JsonFile file_;
  JsonFileStream in_;
  Place here_;
  Place start_;
  Ch previous_ = ' ';
  bool in_string_ = false;
};

// Follows the path of each value and notes the places of the wanted ones.
class PlaceFinder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, PlaceFinder> {
 public:
  PlaceFinder(const std::string& file, const std::set<std::string>& wanted,
              const LineStream& stream)
      : file_(file), wanted_(wanted), stream_(stream) {}

  bool Default() {  // any scalar
    step();
    note();
    return true;
  }
  bool StartObject() { return open(false); }
  bool StartArray() { return open(true); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool Key(const char* key, rapidjson::SizeType length, bool) {
    path_.resize(frames_.back().path_length);
    if (!path_.empty()) path_ += '.';
    path_.append(key, length);
    return true;
  }

  std::map<std::string, std::string> places;

 private:
  struct Frame {
    std::size_t path_length;
    u64 index;
    bool is_array;
  };

  void step() {
    if (frames_.empty() || !frames_.back().is_array) return;
    path_.resize(frames_.back().path_length);
    path_ += '[' + std::to_string(frames_.back().index++) + ']';
  }
  void note() {
    if (wanted_.count(path_) != 0) places[path_] = file_ + ":" + stream_.value_place();
  }
  bool open(bool is_array) {
    step();
    note();
    frames_.push_back({path_.size(), 0, is_array});
    return frames_.size() <= max_json_depth;
  }
  bool close() {
    path_.resize(frames_.back().path_length);
    frames_.pop_back();
    return true;
  }

  const std::string& file_;
  const std::set<std::string>& wanted_;
  const LineStream& stream_;
  std::string path_;
  std::vector<Frame> frames_;
};

}  // namespace

std::map<std::string, std::string> json_places(const std::string& file,
                                               const std::set<std::string>& wanted) {
  LineStream stream(file);
  PlaceFinder finder(file, wanted, stream);
  rapidjson::Reader reader;
  reader.Parse(stream, finder);
  std::map<std::string, std::string> places = std::move(finder.places);
  for (const std::string& path : wanted) places.emplace(path, file);
  return places;
}

std::string json_place_of_byte(const std::string& file, u64 offset) {
  LineStream stream(file);
  while (stream.Tell() < offset) stream.Take();
  return file + ":" + stream.byte_place();
}

}  // namespace spikefab
