//! A client of the server, in memory: what it sends, what it gets.

use fascicle_editor::Outside;
use fascicle_editor::server::serve;
use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// A client with its server.
pub struct Client {
    pub connection: Connection,
    server: Option<JoinHandle<()>>,
    pub asked: i32,
    /// What was published, by address.
    pub published: BTreeMap<String, Value>,
}

impl Client {
    pub fn new(outside: impl Outside + 'static, options: &Value, capabilities: &Value) -> Self {
        let (server, connection) = Connection::memory();
        let thread = std::thread::spawn(move || serve(&server, Arc::new(outside)).expect("a conversation"));
        let mut client = Self { connection, server: Some(thread), asked: 0, published: BTreeMap::new() };
        let initialize = json!({
            "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options,
        });
        let answer = client.ask("initialize", initialize);
        assert!(answer["capabilities"]["hoverProvider"].as_bool() == Some(true), "{answer}");
        client.tell("initialized", json!({}));
        client
    }

    pub fn tell(&self, method: &str, params: Value) {
        let notification = Notification::new(method.to_owned(), params);
        self.connection.sender.send(Message::Notification(notification)).expect("the server listens");
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let request = Request::new(self.asked.into(), method.to_owned(), params);
        self.connection.sender.send(Message::Request(request)).expect("the server listens");
        loop {
            match self.next() {
                Message::Response(response) if response.id == self.asked.into() => {
                    return match response.response_result {
                        Ok(result) => result,
                        Err(error) => json!({ "error": error.message }),
                    };
                }
                _ => {}
            }
        }
    }

    pub fn next(&mut self) -> Message {
        let message =
            self.connection.receiver.recv_timeout(Duration::from_secs(20)).expect("the server says something");
        if let Message::Notification(notification) = &message
            && notification.method == "textDocument/publishDiagnostics"
        {
            let uri = notification.params["uri"].as_str().unwrap_or_default().to_owned();
            self.published.insert(uri, notification.params.clone());
        }
        message
    }

    pub fn open(&self, uri: &str, text: &str) {
        let item = json!({ "uri": uri, "languageId": "fascicle", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        if let Some(server) = self.server.take() {
            server.join().expect("the server ends");
        }
    }
}
