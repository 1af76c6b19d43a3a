block B(n: ⟨⟩
//= replaces ""
//= int (a whole number)
//= real (a number)
//= bool (`true` or `false`)
//= text (a text in quotes)
//= one_of (one of these words: one_of(a, b)) writes "one_of(${1:a}, ${2:b})"
//= block (a block or an operator)
//= normal (a diagonal Gaussian: normal[n])
//= and 0 more
