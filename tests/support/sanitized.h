// Whether this build has a sanitizer, which takes time and memory of its own.
#pragma once

namespace spikefab::test {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SPIKEFAB_IS_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SPIKEFAB_IS_SANITIZED 1
#endif

#ifdef SPIKEFAB_IS_SANITIZED
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace spikefab::test
