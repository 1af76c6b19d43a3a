extends "base.fx"
// file base.fx:
//| extends "two_files_that_extend_each_other.fx"
//| param width: int = 4

// error[E0103] base.fx 1:9 `two_files_that_extend_each_other.fx` extends itself, through two_files_that_extend_each_other.fx and base.fx
// hint: move what both need to a third file
