return function(t)
  t.open('x.fx', t.network)
  local found = t.request('textDocument/documentSymbol', { textDocument = { uri = vim.uri_from_bufnr(0) } })
  local names = vim.tbl_map(function(symbol)
    return symbol.name
  end, found)
  assert(vim.tbl_contains(names, 'Head') and vim.tbl_contains(names, 'dx'), vim.inspect(names))
end
