-- Neovim 0.11 finds this file on its runtime path; `vim.lsp.enable("fascicle")` starts the server with the first file.
return {
  cmd = { "fascicle", "lsp" },
  filetypes = { "fascicle" },
  root_markers = { "fascicle.toml", ".git" },
}
