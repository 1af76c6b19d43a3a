return function(t)
  t.open('x.fx', (t.network:gsub('thickness', 'thicknes')))
  local error = t.diagnostics()[1]
  assert(error.code == 'E0704', vim.inspect(error))
end
