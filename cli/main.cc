// The executable; what it does is in cli/tool.h.
#include "cli/tool.h"

int main(int argc, char** argv) { return spikefab::cli::run_tool({argv + 1, argv + argc}); }
