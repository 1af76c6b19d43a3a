// Starts `fascicle lsp` and hands commands to a terminal: everything that is known of the language is in the server.

const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function program() {
  return vscode.workspace.getConfiguration("fascicle").get("path") || "fascicle";
}

function settings() {
  return vscode.workspace.getConfiguration("fascicle").get("settings") || {};
}

/** A word as the shell of the terminal takes it. */
function quoted(word) {
  if (/^[A-Za-z0-9_.\/:=@-]+$/.test(word)) return word;
  return process.platform === "win32" ? `"${word}"` : `'${word.replace(/'/g, "'\\''")}'`;
}

/** Runs the program on a file in a terminal beside the file. */
function inTerminal(...words) {
  const name = "fascicle";
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const terminal =
    vscode.window.terminals.find((open) => open.name === name && open.exitStatus === undefined) ??
    vscode.window.createTerminal({ name, cwd: folder });
  terminal.show(true);
  terminal.sendText([program(), ...words].map(quoted).join(" "));
}

/** The file of the editor in front, saved; nothing where it is no experiment. */
async function experiment() {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "fascicle") {
    vscode.window.showInformationMessage("fascicle: open an experiment (.fx) first");
    return undefined;
  }
  if (document.isDirty && !(await document.save())) return undefined;
  return document.uri.fsPath;
}

async function start() {
  const server = { command: program(), args: ["lsp"] };
  client = new LanguageClient("fascicle", "fascicle", server, {
    documentSelector: [{ language: "fascicle" }],
    initializationOptions: settings(),
    synchronize: { configurationSection: "fascicle" },
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const choice = await vscode.window.showErrorMessage(
      `fascicle: \`${program()} lsp\` cannot be started (${error.message}). Is the program installed, and on the PATH?`,
      "Open settings",
    );
    if (choice) vscode.commands.executeCommand("workbench.action.openSettings", "fascicle.path");
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

exports.activate = async (context) => {
  const command = (name, action) => context.subscriptions.push(vscode.commands.registerCommand(name, action));
  const onFile = (...words) => async (given) => {
    const file = typeof given === "string" ? given : await experiment();
    if (file) inTerminal(words[0], file, ...words.slice(1));
  };
  command("fascicle.check", onFile("check"));
  command("fascicle.run", onFile("run"));
  command("fascicle.fix", onFile("fix"));
  command("fascicle.graph", async () => {
    const file = await experiment();
    if (file) inTerminal("graph", file, "-o", path.join(path.dirname(file), `${path.parse(file).name}.svg`));
  });
  command("fascicle.restart", async () => {
    await stop();
    await start();
  });
  await start();
};

exports.deactivate = stop;
