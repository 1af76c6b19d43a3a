use std.blocks.{ConvBlock, ⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= ConvBnRelu (ConvBnRelu(filters, stride: 1)(x: [c, d, h, w]) -> [filters, _, _, _])
//= SepConv (SepConv(filters)(x: [c, d, h, w]) -> [filters, d, h, w])
//= MidFlow (MidFlow(unit: SepConv)(x: [c, d, h, w]) -> [c, d, h, w])
//= FuseDown (FuseDown(filters, unit: SepConv)(x: [c, d, h, w]) -> [filters, d/2, h/2, w/2])
//= FuseUp (FuseUp(unit: SepConv)(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w])
//= LinearBnRelu (LinearBnRelu(features)(x: [n]) -> [features])
//= PreactBranch (PreactBranch(filters, stride: 1, dropout: 0.0, momentum: 0.1)(x: [c, d, h, w]) -> [filters, _, _, _])
//= PreactShortcut (PreactShortcut(filters, stride: 1, momentum: 0.1)(x: [c, d, h, w]) -> [ filters, _, _, _, ])
//= PreactRes (PreactRes(filters, stride: 1, dropout: 0.0, momentum: 0.1)(x: [c, d, h, w]) -> [filters, _, _, _])
//= Res (Res(filters, stride: 1, momentum: 0.1)(x: [c, d, h, w]) -> [filters, _, _, _])
//= ResShortcut (ResShortcut(filters, stride: 1, momentum: 0.1)(x: [c, d, h, w]) -> [ filters, _, _, _, ])
//= SqueezeExcite (SqueezeExcite(ratio: 2)(x: [c, d, h, w]) -> [c, d, h, w])
//= and 0 more
