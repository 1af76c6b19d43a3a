vim.filetype.add({ extension = { fx = "fascicle" } })
