-- Real conversations of a real editor with the server: `.ci/editor` runs them.
--
--   FASCICLE=target/release/fascicle nvim --clean --headless -l editors/neovim/tests/run.lua [CASE ..]
--
-- Each case is a file of `cases/` that gives back a function of `t`; it works in a folder of its own.

local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local program = vim.env.FASCICLE or 'target/release/fascicle'
assert(vim.fn.executable(program) == 1, 'there is no ' .. program .. ': cargo build --release')
program = vim.fn.fnamemodify(program, ':p')

vim.filetype.add({ extension = { fx = 'fascicle' } })

local t = {}

--- Waits until something holds; what it gives is given back.
function t.wait(what, holds)
  local found
  local held = vim.wait(10000, function()
    found = holds()
    return found and true or false
  end, 5)
  assert(held, 'waited in vain: ' .. what)
  return found
end

--- Writes a file into the case's folder.
function t.write(name, text)
  vim.fn.writefile(vim.split(text, '\n'), name)
end

--- Opens a file with a text, and waits until the server has said what it thinks of it.
function t.open(name, text)
  t.write(name, text)
  vim.cmd.edit(name)
  t.client = t.wait('the server', function()
    local client = vim.lsp.get_clients({ name = 'fascicle' })[1]
    return client and client.initialized and vim.lsp.buf_is_attached(0, client.id) and client
  end)
  t.settled()
end

--- Waits until the diagnostics of the present text have come.
function t.settled()
  local uri = vim.uri_from_bufnr(0)
  local version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]
  t.wait('diagnostics of version ' .. tostring(version), function()
    return t.told[uri] and t.told[uri] >= version
  end)
end

--- The place of a word of the text: row from 1, column from 0, within its `nth` occurrence.
function t.find(word, nth)
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')
  local at = 0
  for _ = 1, nth or 1 do
    at = assert(text:find(word, at + 1, true), word .. ' does not stand in the text')
  end
  local before = text:sub(1, at - 1)
  local row = select(2, before:gsub('\n', '\n'))
  return row + 1, #before:match('[^\n]*$')
end

--- Puts the cursor on a word.
function t.at(word, nth, further)
  local row, column = t.find(word, nth)
  vim.api.nvim_win_set_cursor(0, { row, column + (further or 0) })
end

--- Replaces a word, as if it were typed.
function t.replace(word, other)
  local row, column = t.find(word)
  vim.api.nvim_buf_set_text(0, row - 1, column, row - 1, column + #word, vim.split(other, '\n'))
end

--- Asks the server about the cursor's place.
function t.ask(method, more)
  local params = vim.lsp.util.make_position_params(0, t.client.offset_encoding)
  return t.request(method, vim.tbl_extend('force', params, more or {}))
end

--- Asks the server.
function t.request(method, params)
  if not t.client:supports_method(method) then
    error({ missing = method })
  end
  local answer = assert(t.client:request_sync(method, params, 10000, 0))
  assert(not answer.err, answer.err and answer.err.message)
  return answer.result
end

--- Holds that a text has a part.
function t.has(text, part)
  assert(type(text) == 'string' and text:find(part, 1, true), ('%s\ndoes not hold\n%s'):format(vim.inspect(text), part))
end

--- The diagnostics of the file, errors first.
function t.diagnostics()
  local found = vim.diagnostic.get(0)
  table.sort(found, function(a, b)
    return a.severity < b.severity or a.severity == b.severity and a.lnum < b.lnum
  end)
  return found
end

--- The text of all hints.
function t.hints()
  vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
  t.wait('hints', function()
    return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0
  end)
  local labels = {}
  for _, hint in ipairs(vim.lsp.inlay_hint.get({ bufnr = 0 })) do
    table.insert(labels, hint.inlay_hint.label)
  end
  return table.concat(labels, ' ')
end

--- The titles of all lenses.
function t.lenses()
  local titles = {}
  for _, lens in ipairs(t.request('textDocument/codeLens', { textDocument = { uri = vim.uri_from_bufnr(0) } })) do
    table.insert(titles, lens.command.title)
  end
  return table.concat(titles, '\n')
end

--- The lines of the file.
function t.text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')
end

t.network = [[
cohort c = table("people.tsv")
modality deep: vector[_] = c.columns([volume, thickness] |> standardize, missing: mean)
target diagnosis: class{HC, AD} = c.column("diagnosis")
param width: int = 8
block Head(x: [n]) -> [2] {
  x |> Linear(width) |> relu |> Linear(2)
}
model dx(deep) -> diagnosis {
  deep |> Head()
}
train dx { minimize cross_entropy(dx, diagnosis) }
protocol cv = kfold(2, stratify: [diagnosis])
score dx: auc
]]

t.people = table.concat({
  'participant_id\tvolume\tthickness\tdiagnosis',
  'a\t3.1\t2.5\tHC',
  'b\t2.9\t2.4\tHC',
  'c\t2.2\tn/a\tAD',
  'd\t2.4\t2.0\tAD',
}, '\n')

local function run(name)
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder, 'p')
  vim.cmd.cd(folder)
  t.told = {}
  local publish = vim.lsp.handlers['textDocument/publishDiagnostics']
  vim.lsp.config('fascicle', {
    cmd = { program, 'lsp' },
    filetypes = { 'fascicle' },
    root_dir = folder,
    handlers = {
      ['textDocument/publishDiagnostics'] = function(err, result, context)
        publish(err, result, context)
        t.told[result.uri] = result.version
      end,
    },
  })
  vim.lsp.enable('fascicle')
  t.write('people.tsv', t.people)
  local began = vim.uv.hrtime()
  local good, why = pcall(dofile(here .. '/cases/' .. name .. '.lua'), t)
  local took = (vim.uv.hrtime() - began) / 1e6
  for _, client in ipairs(vim.lsp.get_clients({ name = 'fascicle' })) do
    client:stop(true)
  end
  vim.cmd('silent! %bwipeout!')
  t.client = nil
  if good then
    print(('ok      %-44s %6.0f ms'):format(name, took))
  elseif type(why) == 'table' and why.missing then
    print(('SKIPPED %-44s the server has no %s'):format(name, why.missing))
  else
    print(('FAILED  %s\n%s'):format(name, type(why) == 'string' and why or vim.inspect(why)))
  end
  return good or type(why) == 'table' and why.missing ~= nil
end

local asked = {}
for _, name in ipairs(arg or {}) do
  asked[name] = true
end
local names = {}
for name in vim.fs.dir(here .. '/cases') do
  table.insert(names, (name:gsub('%.lua$', '')))
end
table.sort(names)
local failed = 0
for _, name in ipairs(names) do
  if next(asked) == nil or asked[name] then
    failed = failed + (run(name) and 0 or 1)
  end
end
print((failed == 0 and 'all hold' or failed .. ' failed') .. '\n')
os.exit(failed == 0 and 0 or 1)
