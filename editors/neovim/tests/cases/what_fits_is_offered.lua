return function(t)
  t.open('x.fx', t.network)
  t.replace('|> relu', '|> ')
  t.at('|> ', 2, 3)
  local found = t.ask('textDocument/completion')
  local labels = vim.tbl_map(function(item)
    return item.label
  end, found.items or found)
  assert(vim.tbl_contains(labels, 'relu'), vim.inspect(labels))
end
