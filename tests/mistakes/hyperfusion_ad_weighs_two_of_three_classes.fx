/// Three classes, two weights.
// edit: experiments/hyperfusion_ad.fx
// - weight: if remedy == weights { [1.1, 0.6962, 1.4] } else { equal },
// + weight: if remedy == weights { [1.1, 0.6962] } else { equal },
// error[E0302] "cross_entropy(" 2 weights came for 3 levels (CN, MCI, AD)
// also "diagnosis: class{CN, MCI, AD}"
// hint: weight: inverse_frequency
