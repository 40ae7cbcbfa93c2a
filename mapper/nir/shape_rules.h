// Shapes of single nodes: what a window makes of a size, and nodes whose parameters do not say how
// many neurons there are.
#pragma once

#include "mapper/network.h"

namespace spikefab {

// From the first to the last tap of a kernel; at most max_window_reach for the other two.
i64 window_reach(const Window& window, u32 Extent::*axis);
inline constexpr i64 max_window_reach = i64{1} << 31;

// Along one axis, as torch counts: below 1 if the window is larger than its padded input. With
// "same", as many as inputs.
i64 window_outputs(u32 inputs, const Window& window, u32 Extent::*axis, bool same);

// Of "same", at the front, where the smaller half lies, as in torch.
Extent same_padding(const Window& window);

// Neurons, Scale and Delay have parameters for each element.
bool is_elementwise(const Node& node);
bool same_for_all(const Node& node);
void keep_one_for_all(Node& node);

}  // namespace spikefab
