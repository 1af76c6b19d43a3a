return function(t)
  t.open('x.fx', t.network)
  t.write('people.tsv', (t.people:gsub('thickness', 'depth')))
  vim.cmd.write()
  t.wait('the missing column', function()
    local error = t.diagnostics()[1]
    return error and error.code == 'E0704'
  end)
end
