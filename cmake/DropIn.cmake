# Folders where one new file is one new choice. Everything else is listed by hand.

# Writes a header that includes every <folder>/*.h and names their structs in one TypeList:
# lif.h must define spikefab::<namespace>::Lif, adaptive_lif.h ...::AdaptiveLif.
function(spikefab_drop_in_types folder namespace list_name out)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  list(SORT headers)
  set(includes "")
  set(types "")
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
")
endfunction()

# Adds every <folder>/*.cc to an OBJECT library, so that no linker drops a registration.
function(spikefab_drop_in_sources target folder)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  target_sources(${target} PRIVATE ${sources})
endfunction()
