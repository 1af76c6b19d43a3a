/// The scan, not its code, is joined with the table.
// edit: experiments/quickstart.fx
// -     concat => concat(image, table)
// +     concat => concat(t1, table)
// set: fusion=concat
// error[E0302] "table" value 1 is [1, 24, 28, 24], value 2 is [8]
// hint: global_avg_pool
