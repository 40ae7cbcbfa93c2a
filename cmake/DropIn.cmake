# Folders where one new file is one new choice. Everything else is listed by hand.

# Writes a header that includes every <folder>/*.h and names their structs in one TypeList:
# lif.h must define spikefab::<namespace>::Lif, adaptive_lif.h ...::AdaptiveLif. For what needs a name
# for each, SPIKEFAB_FOR_EACH_<list>(macro) calls macro(<namespace>::Lif, lif) and so on.
function(spikefab_drop_in_types folder namespace list_name out)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  list(SORT headers)
  set(includes "")
  set(types "")
  set(calls "")
  foreach(header ${headers})
    get_filename_component(stem ${header} NAME_WE)
    string(REPLACE "_" ";" words ${stem})
    set(type "")
    foreach(word ${words})
      string(SUBSTRING ${word} 0 1 first)
      string(SUBSTRING ${word} 1 -1 rest)
      string(TOUPPER ${first} first)
      string(APPEND type ${first}${rest})
    endforeach()
    string(APPEND includes "#include \"${header}\"\n")
    list(APPEND types "${namespace}::${type}")
    string(APPEND calls " macro(${namespace}::${type}, ${stem})")
  endforeach()
  string(JOIN ", " types ${types})
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/gen/${out} @ONLY CONTENT
"// Generated from ${folder}/*.h; do not edit.
#pragma once

#include \"base/type_list.h\"
@includes@
namespace spikefab {
using @list_name@ = TypeList<@types@>;
}
#define SPIKEFAB_FOR_EACH_@list_name@(macro)@calls@
")
endfunction()

# Adds every <folder>/*.cc to an OBJECT library, so that no linker drops a registration;
# EXCEPT <file>: not that one.
function(spikefab_drop_in_sources target folder)
  cmake_parse_arguments(arg "" "EXCEPT" "" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  if(arg_EXCEPT)
    list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/${folder}/${arg_EXCEPT})
  endif()
  target_sources(${target} PRIVATE ${sources})
endfunction()
