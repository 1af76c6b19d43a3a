vim.bo.commentstring = "// %s"
vim.bo.comments = ":///,://"
vim.bo.shiftwidth = 2
vim.bo.expandtab = true
vim.bo.suffixesadd = ".fx"
if vim.fn.executable("fascicle") == 1 then
  vim.bo.makeprg = "fascicle check %"
  vim.bo.formatprg = "fascicle fmt -"
end
-- Where the parser of `editors/tree-sitter` is installed it colours; else the syntax file does.
pcall(vim.treesitter.start)
