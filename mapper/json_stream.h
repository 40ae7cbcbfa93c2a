// Reads a JSON file as a stream against a description of what it must look like. Unknown members
// are skipped, as RANC does; wrong types, missing and duplicate members are problems with their
// path.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace spikefab {

struct JsonNode;

struct JsonMember {
  std::string_view name;
  const JsonNode* node;
  std::string_view missing_hint = "";
};

enum class JsonType : u8 { integer, array, object };

// A value: an integer, an array of equal elements, or an object whose members are all required.
struct JsonNode {
  JsonType type;
  u32 id;                                    // what the consumer knows it by
  const JsonNode* element = nullptr;         // of an array
  std::span<const JsonMember> members = {};  // of an object, at most 32
};

class JsonStream;

// Gets the values in file order.
class JsonConsumer {
 public:
  virtual ~JsonConsumer() = default;
  virtual void begin(u32 id) = 0;  // of an array or object
  virtual void end(u32 id) = 0;
  virtual void integer(u32 id, i64 value) = 0;
};

// A problem whose place is still a JSON path.
struct JsonProblem {
  std::string path;
  std::string what;
  std::string hint;
};

class JsonStream {
 public:
  JsonStream(std::string file, const JsonNode& root);

  // Parses the whole file, or up to the 20th problem. Throws InputError with file:line:col if it is
  // no JSON; problems wait for throw_if_any(), so that the consumer can add its own.
  void parse(JsonConsumer& consumer);

  // For consumers: a problem with the value that is being read, or at a path.
  void add_problem(std::string what, std::string hint = "");
  void add_problem_at(std::string path, std::string what, std::string hint = "");
  u64 problem_count() const { return problem_count_; }

  // Members that the description does not know, with how often they stand there; the first 16.
  const std::map<std::string, u64>& ignored() const { return ignored_; }

  // The path of the value that is being read: "cores[3].axons[7]".
  std::string path() const;

  // Throws an InputError if there are problems; paths become file:line:col.
  void throw_if_any() const;

 private:
  friend class JsonEvents;
  struct Frame {
    const JsonNode* node = nullptr;
    const JsonMember* member = nullptr;  // of an object: the one being read
    u64 index = 0;                       // of an array: the element being read; else keys read
    u32 seen = 0;                        // of an object: bit per member
    std::vector<std::string> unknown;    // of an object: members that nobody asked for
  };

  void push(const JsonNode& node);
  void pop() { --depth_; }
  Frame& top() { return frames_[depth_ - 1]; }

  std::string file_;
  const JsonNode& root_;
  std::vector<Frame> frames_;  // the first depth_ are in use
  u64 depth_ = 0;
  std::vector<JsonProblem> problems_;
  u64 problem_count_ = 0;
  std::map<std::string, u64> ignored_;
};

}  // namespace spikefab
