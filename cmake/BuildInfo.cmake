# gen/build_info.h: version, git commit and flags, for `spikefab version` and run.json.
# The commit is looked up at every build, so that it is never stale; the file changes only with it.
add_custom_target(spikefab_build_info
  COMMAND ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D OUT=${PROJECT_BINARY_DIR}/gen/build_info.h
    -D VERSION=${PROJECT_VERSION} -D BUILD_TYPE=${CMAKE_BUILD_TYPE}
    "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
    "-DSANITIZE=${SPIKEFAB_SANITIZE}" -D CUDA=${spikefab_have_cuda}
    "-DCUDA_NOTE=${spikefab_cuda_note}" -P ${PROJECT_SOURCE_DIR}/cmake/WriteBuildInfo.cmake VERBATIM
  BYPRODUCTS ${PROJECT_BINARY_DIR}/gen/build_info.h VERBATIM)
add_dependencies(spikefab_cli spikefab_build_info)
