return function(t)
  t.open('x.fx', t.network .. 'sweep s: width in [4, 0]\n')
  local error = t.wait('the variants', function()
    return t.diagnostics()[1]
  end)
  t.has(error.message, 'in the variant width=0')
end
