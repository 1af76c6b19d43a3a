/// The table has 64 cortical regions.
// edit: experiments/normative_poe.fx
// - modality cortical: vector[64]? = columns(/^ctx_/ |> standardize)
// + modality cortical: vector[68]? = columns(/^ctx_/ |> standardize)
// error[E0309] "vector[68]?" `cortical` is declared with 68 columns, the selection gives 64
// hint: write vector[64]
