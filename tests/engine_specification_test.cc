// NAME:OPTION=VALUE,... as users write engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/registry.h"
#include "sim/engine.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;

// The message of the UsageError that a specification gives.
std::string error_of(const std::string& specification) {
  try {
    sim::make_engine(specification);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(EngineSpecification, IsANameWithOptions) {
  EXPECT_NE(sim::make_engine("serial"), nullptr);
  EXPECT_NE(sim::make_engine("cpu:threads=3"), nullptr);
  EXPECT_NE(sim::make_engine("cpu:threads=3,skip=0"), nullptr);
}

TEST(EngineSpecification, SaysWhatThereIsInsteadOfAWrongName) {
  EXPECT_THAT(error_of("cpi"), HasSubstr("no engine 'cpi'"));
  EXPECT_THAT(error_of("cpi"), HasSubstr("did you mean 'cpu'?"));
  EXPECT_THAT(error_of("cpu:thread=3"), HasSubstr("did you mean 'threads'?"));
  EXPECT_THAT(error_of("serial:threads=3"), HasSubstr("it has none"));
}

TEST(EngineSpecification, RefusesLeftoversAndRepetitions) {
  EXPECT_THAT(error_of("cpu:"), HasSubstr("no option ''"));
  EXPECT_THAT(error_of("cpu:threads=2,"), HasSubstr("no option ''"));
  EXPECT_THAT(error_of("cpu:threads=2,threads=3"), HasSubstr("given twice: threads=3"));
}

TEST(EngineSpecification, SaysTheRangeOfAWrongValue) {
  for (const std::string value : {"-1", "x", "", "3x", "1.5", "99999999999"}) {
    SCOPED_TRACE(value);
    EXPECT_THAT(error_of("cpu:threads=" + value),
                HasSubstr("threads = '" + value + "' (must be 0.."));
  }
  EXPECT_THAT(error_of("cpu:threads"), HasSubstr("threads = '' (must be 0.."));
}

}  // namespace
}  // namespace spikefab::test
