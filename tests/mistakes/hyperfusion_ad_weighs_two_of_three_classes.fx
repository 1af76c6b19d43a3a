/// Three classes, two weights.
// edit: experiments/hyperfusion_ad.fx
// - minimize cross_entropy(ad, diagnosis, weight: [1.1, 0.6962, 1.4])
// + minimize cross_entropy(ad, diagnosis, weight: [1.1, 0.6962])
// error[E0302] "cross_entropy(ad, diagnosis, weight: [1.1, 0.6962])" 2 weights came for 3 levels (CN, MCI, AD)
// also "diagnosis: class{CN, MCI, AD}"
// hint: weight: inverse_frequency
