use "parts.fx".{Tail, ⟨⟩
//== parts.fx
block Head(n: int)(x: [c, d, h, w]) { x |> Conv3d(n) }
block Tail()(x: [c]) { x |> relu }
//= replaces ""
//= Head (Head(n)(x: [c, d, h, w]))
//= and 0 more
