# AUTO: use CUDA if its compiler is here. ON: fail without it. OFF: never look.
set(SPIKEFAB_CUDA AUTO CACHE STRING "Build the CUDA code: AUTO, ON or OFF")
set_property(CACHE SPIKEFAB_CUDA PROPERTY STRINGS AUTO ON OFF)
# Real ones get machine code; the last also PTX, from which drivers make that of newer devices.
set(SPIKEFAB_CUDA_ARCHITECTURES 75 80 90 CACHE STRING "GPU architectures of the kernels, ascending")
set(spikefab_have_cuda OFF)
set(spikefab_cuda_note "switched off (SPIKEFAB_CUDA=OFF)")

if(NOT SPIKEFAB_CUDA STREQUAL "OFF")
  include(CheckLanguage)
  if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
    find_program(spikefab_nvcc nvcc HINTS /usr/local/cuda/bin)
    if(spikefab_nvcc)
      set(CMAKE_CUDA_COMPILER ${spikefab_nvcc})
    endif()
  endif()
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
      set(CMAKE_CUDA_ARCHITECTURES 90)
    endif()
    enable_language(CUDA)
    find_package(CUDAToolkit REQUIRED)
    set(spikefab_have_cuda ON)
    list(JOIN SPIKEFAB_CUDA_ARCHITECTURES ", " spikefab_cuda_note)
    string(PREPEND spikefab_cuda_note "nvcc ${CMAKE_CUDA_COMPILER_VERSION}, architectures ")
    # CMake before 3.25.2 (Debian 12 has 3.25.1) does not know nvcc's C++20 flag and would silently
    # compile C++17; tell it.
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    set(CMAKE_CUDA_STANDARD 20)
  elseif(SPIKEFAB_CUDA STREQUAL "ON")
    message(FATAL_ERROR "SPIKEFAB_CUDA=ON, but no CUDA compiler was found: set CMAKE_CUDA_COMPILER to nvcc, or SPIKEFAB_CUDA to AUTO or OFF")
  else()
    set(spikefab_cuda_note "no nvcc found; GPU code is not built")
  endif()
endif()

# What kernels are compiled with everywhere. No float is ever touched; if one were, it must not be
# contracted.
set(spikefab_kernel_flags -std=c++20 -O3 --expt-relaxed-constexpr --fmad=false
  -I${PROJECT_SOURCE_DIR} -I${PROJECT_BINARY_DIR}/gen)

# Runs nvcc on <source>: spikefab_nvcc_output(<out> <source> <flags>...)
function(spikefab_nvcc_output out source)
  get_filename_component(folder ${out} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_CUDA_COMPILER} ${spikefab_kernel_flags} ${ARGN} -MD -MF ${out}.d -o ${out} ${source}
    DEPENDS ${source} DEPFILE ${out}.d COMMENT "nvcc: ${out}" VERBATIM)
endfunction()

# PTX, as the emulated device of the tests runs it.
function(spikefab_ptx out source)
  spikefab_nvcc_output(${out} ${source} -ptx -arch=compute_90 -ccbin=${CMAKE_CXX_COMPILER})
endfunction()

# Every <folder>/*.cu holds kernels of the cuda engine. Sets spikefab_kernel_files; their stems are
# in gen/kernel_files.h: SPIKEFAB_FOR_EACH_KERNEL_FILE(macro) calls macro(advance) and so on.
function(spikefab_drop_in_kernels folder)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cu)
  list(SORT files)
  set(spikefab_kernel_files ${files} PARENT_SCOPE)
  set(calls "")
  foreach(file ${files})
    get_filename_component(stem ${file} NAME_WE)
    string(APPEND calls " macro(${stem})")
  endforeach()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/gen/kernel_files.h @ONLY CONTENT
"// Generated from ${folder}/*.cu; do not edit.
#pragma once
#define SPIKEFAB_FOR_EACH_KERNEL_FILE(macro)@calls@
")
endfunction()

# The machine code of all kernel files for all SPIKEFAB_CUDA_ARCHITECTURES, as C arrays <stem>_image
# in gen/kernel_images.inc.
function(spikefab_kernel_images target)
  set(flags "")
  foreach(architecture ${SPIKEFAB_CUDA_ARCHITECTURES})
    list(APPEND flags -gencode=arch=compute_${architecture},code=sm_${architecture})
  endforeach()
  list(GET SPIKEFAB_CUDA_ARCHITECTURES -1 newest)
  set(arrays "")
  foreach(source ${spikefab_kernel_files})
    get_filename_component(stem ${source} NAME_WE)
    set(fatbin ${PROJECT_BINARY_DIR}/kernels/${stem}.fatbin)
    spikefab_nvcc_output(${fatbin} ${source} -fatbin ${flags}
      -gencode=arch=compute_${newest},code=compute_${newest} -ccbin=${CMAKE_CXX_COMPILER})
    set(array ${PROJECT_BINARY_DIR}/kernels/${stem}.inc)
    add_custom_command(OUTPUT ${array}
      COMMAND ${CUDAToolkit_BIN_DIR}/bin2c --const --static --type longlong --padd 0 --name ${stem}_image ${fatbin} > ${array}
      DEPENDS ${fatbin} COMMENT "kernel image: ${stem}" VERBATIM)
    list(APPEND arrays ${array})
  endforeach()
  set(out ${PROJECT_BINARY_DIR}/gen/kernel_images.inc)
  add_custom_command(OUTPUT ${out} COMMAND cat ${arrays} > ${out} DEPENDS ${arrays} VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
