/// Sessions are to meet by their name, which says nothing of time.
// edit: experiments/contrastive.fx
// - cohort oasis = bids(data) { pair t1, falff by nearest day }
// + cohort oasis = bids(data) { pair t1, falff by session }
// error[E0204] "session" sessions are paired by the nearest day
// hint: by nearest day
