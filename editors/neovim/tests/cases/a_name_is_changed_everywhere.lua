return function(t)
  t.open('x.fx', t.network)
  t.at('width')
  local edit = t.ask('textDocument/rename', { newName = 'size' })
  vim.lsp.util.apply_workspace_edit(edit, t.client.offset_encoding)
  t.has(t.text(), 'param size: int = 8')
  t.has(t.text(), 'Linear(size)')
  assert(not t.text():find('width', 1, true))
end
