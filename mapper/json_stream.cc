#include "mapper/json_stream.h"

#include <rapidjson/error/en.h>

#include "base/suggest.h"
#include "mapper/json_file_stream.h"
#include "mapper/json_places.h"

namespace spikefab {
namespace {

const char* name_of(JsonType type) {
  switch (type) {
    case JsonType::integer:
      return "an integer";
    case JsonType::array:
      return "an array";
    case JsonType::object:
      return "an object";
  }
  return "";
}

}  // namespace

// Turns rapidjson's events into calls of the consumer; returns false to stop.
class JsonEvents {
 public:
  JsonEvents(JsonStream& stream, JsonConsumer& consumer) : s_(stream), consumer_(consumer) {}

  bool too_deep() const { return depth_ > max_json_depth; }

  bool Int(int v) { return number(v); }
  bool Uint(unsigned v) { return number(v); }
  bool Int64(i64 v) { return number(v); }
  bool Uint64(u64 v) {
    const auto value = static_cast<i64>(v);
    return value < 0 ? scalar("an integer beyond 64 bits") : number(value);
  }
  bool Double(double) { return scalar("a number with fraction or exponent"); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return scalar("a number"); }
  bool String(const char*, rapidjson::SizeType, bool) { return scalar("a string"); }
  bool Bool(bool) { return scalar("true or false"); }
  bool Null() { return scalar("null"); }

  bool StartObject() { return open(JsonType::object); }
  bool StartArray() { return open(JsonType::array); }

  bool Key(const char* key, rapidjson::SizeType length, bool) {
    if (skipping_ > 0) return true;
    JsonStream::Frame& frame = s_.top();
    const std::string_view name(key, length);
    frame.member = find_member(*frame.node, frame.index++, name);
    if (!frame.member) {
      if (frame.unknown.size() < most_unknown) frame.unknown.emplace_back(name);
      note_ignored(std::string(name));
      return true;
    }
    const u32 bit = u32{1} << (frame.member - frame.node->members.data());
    if (frame.seen & bit) s_.add_problem("stands twice", "keep one");
    frame.seen |= bit;
    return go_on();
  }

  bool EndObject(rapidjson::SizeType) {
    if (leave_skipped()) return true;
    check_missing();
    return close();
  }
  bool EndArray(rapidjson::SizeType) { return leave_skipped() ? true : close(); }

 private:
  bool go_on() const { return s_.problem_count_ < Problems::max_problems; }

  // Files usually have the members in the order of the description, so that one is tried first.
  static const JsonMember* find_member(const JsonNode& node, u64 ordinal, std::string_view name) {
    if (ordinal < node.members.size() && node.members[ordinal].name == name) {
      return &node.members[ordinal];
    }
    for (const JsonMember& member : node.members) {
      if (member.name == name) return &member;
    }
    return nullptr;
  }

  void note_ignored(const std::string& name) {
    const auto known = s_.ignored_.find(name);
    if (known != s_.ignored_.end()) {
      ++known->second;
    } else if (s_.ignored_.size() < most_unknown) {
      s_.ignored_.emplace(name, 1);
    }
  }

  // What the description wants next; null if nobody asked for the value.
  const JsonNode* expected() const {
    if (s_.depth_ == 0) return &s_.root_;
    const JsonStream::Frame& frame = s_.top();
    if (frame.node->type == JsonType::array) return frame.node->element;
    return frame.member ? frame.member->node : nullptr;
  }

  void advance() {
    if (s_.depth_ > 0 && s_.top().node->type == JsonType::array) ++s_.top().index;
  }

  bool number(i64 value) {
    const JsonNode* node = skipping_ > 0 ? nullptr : expected();
    if (!node) return true;
    if (node->type != JsonType::integer) return scalar("an integer");
    consumer_.integer(node->id, value);
    advance();
    return go_on();
  }

  bool scalar(const char* found) {
    const JsonNode* node = skipping_ > 0 ? nullptr : expected();
    if (!node) return true;
    s_.add_problem(std::string("must be ") + name_of(node->type) + ", is " + found);
    advance();
    return go_on();
  }

  bool open(JsonType type) {
    if (++depth_ > max_json_depth) return false;
    const JsonNode* node = skipping_ > 0 ? nullptr : expected();
    if (node && node->type != type) {
      s_.add_problem(std::string("must be ") + name_of(node->type) + ", is " + name_of(type));
      node = nullptr;
    }
    if (!node) {
      ++skipping_;
      return go_on();
    }
    consumer_.begin(node->id);
    s_.push(*node);
    return go_on();
  }

  bool close() {
    --depth_;
    const u32 id = s_.top().node->id;
    s_.pop();  // so that problems found at the end are the container's
    consumer_.end(id);
    advance();
    return go_on();
  }

  bool leave_skipped() {
    if (skipping_ == 0) return false;
    --depth_;
    if (--skipping_ == 0) advance();
    return true;
  }

  void check_missing() {
    JsonStream::Frame& frame = s_.top();
    frame.member = nullptr;
    for (std::size_t i = 0; i < frame.node->members.size(); ++i) {
      if (frame.seen >> i & 1) continue;
      const JsonMember& member = frame.node->members[i];
      std::string hint(member.missing_hint);
      const std::string near = closest(member.name, frame.unknown);
      if (hint.empty() && !near.empty()) hint = "is '" + printable(near) + "' meant?";
      s_.add_problem("has no '" + std::string(member.name) + "'", hint);
    }
  }

  static constexpr u64 most_unknown = 16;

  JsonStream& s_;
  JsonConsumer& consumer_;
  u32 skipping_ = 0;  // depth of the unknown or mistyped value we are in
  u32 depth_ = 0;
};

JsonStream::JsonStream(std::string file, const JsonNode& root)
    : file_(std::move(file)), root_(root), frames_(max_json_depth) {}

void JsonStream::push(const JsonNode& node) {
  SPIKEFAB_ASSERT(depth_ < frames_.size());
  Frame& frame = frames_[depth_++];  // reused: no allocation per value
  frame.node = &node;
  frame.member = nullptr;
  frame.index = 0;
  frame.seen = 0;
  frame.unknown.clear();
}

void JsonStream::parse(JsonConsumer& consumer) {
  JsonFile file(file_);
  JsonFileStream stream(file);
  JsonEvents events(*this, consumer);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse(stream, events);
  if (events.too_deep()) {
    add_problem_at("", "is nested deeper than " + std::to_string(max_json_depth) + " levels");
  } else if (result.IsError() && result.Code() != rapidjson::kParseErrorTermination) {
    throw InputError(
        json_place_of_byte(file_, result.Offset()),
        std::string("is not valid JSON: ") + rapidjson::GetParseError_En(result.Code()));
  } else if (!result.IsError() && !stream.at_end()) {
    throw InputError(json_place_of_byte(file_, stream.Tell()), "is not valid JSON: a NUL byte");
  }
}

void JsonStream::add_problem(std::string what, std::string hint) {
  add_problem_at(path(), std::move(what), std::move(hint));
}

void JsonStream::add_problem_at(std::string path, std::string what, std::string hint) {
  if (problem_count_++ >= Problems::max_problems) return;
  problems_.push_back({std::move(path), std::move(what), std::move(hint)});
}

std::string JsonStream::path() const {
  std::string path;
  for (u64 i = 0; i < depth_; ++i) {
    const Frame& frame = frames_[i];
    if (frame.node->type == JsonType::array) {
      path += '[' + std::to_string(frame.index) + ']';
    } else if (frame.member) {
      if (!path.empty()) path += '.';
      path += frame.member->name;
    }
  }
  return path;
}

void JsonStream::throw_if_any() const {
  if (problems_.empty()) return;
  std::set<std::string> wanted;
  for (const JsonProblem& problem : problems_) wanted.insert(problem.path);
  const auto places = json_places(file_, wanted);
  Problems located;
  for (const JsonProblem& problem : problems_) {
    const std::string what = (problem.path.empty() ? "it " : problem.path + " ") + problem.what;
    located.add({places.at(problem.path), what, problem.hint});
  }
  located.throw_if_any();
}

}  // namespace spikefab
