extends "base.fx"
// file base.fx:
//| extends "two_files_that_extend_each_other.fx"
//| param width: int = 4
