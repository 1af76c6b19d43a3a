return function(t)
  t.open('x.fx', (t.network:gsub('param width: int = 8', 'param   width:int=8')))
  local options = { tabSize = 2, insertSpaces = true }
  local asked = { textDocument = { uri = vim.uri_from_bufnr(0) }, options = options }
  vim.lsp.util.apply_text_edits(t.request('textDocument/formatting', asked), vim.api.nvim_get_current_buf(), t.client.offset_encoding)
  t.has(t.text(), 'param width: int = 8')
end
