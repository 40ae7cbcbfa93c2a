// A schema with every kind of field that the YAML binder knows, and binding to it in one call.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "base/yaml_binder.h"

namespace spikefab::test {

// An empty message of the schema: Test has every kind of field, Inner and Deep are below it, Strict
// has required fields only.
std::unique_ptr<google::protobuf::Message> new_message(const std::string& type);

// The problems as the user sees them, one a line; "" if there are none.
std::string text_of(const Problems& problems);

// Binds the text as file t.yaml and returns the problems.
std::string bound(const std::string& text, google::protobuf::Message& message,
                  UnknownKeys unknown_keys = UnknownKeys::reject);
std::string problems_of(const std::string& text, const std::string& type = "Test");

std::string times(const std::string& text, int n);

}  // namespace spikefab::test
