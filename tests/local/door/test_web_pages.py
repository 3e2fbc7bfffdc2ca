"""Foreign web pages neither read nor write, whatever a browser lets them send."""

import contextlib
import http.client
import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.awsrequest import AWSRequest

from tests.local.door.up import KEY, MACHINE, Up, send, signed

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=8000", "--dump-dom"),
]
PAGE = """<!doctype html><title>begun</title><body><script>
const at = "http://127.0.0.1:PORT";
const form = (key, text) => {
  const f = document.createElement("form");
  const frame = document.createElement("iframe");
  frame.name = key; document.body.append(frame);
  f.action = at + "/codefree"; f.method = "POST"; f.target = key; f.enctype = "multipart/form-data";
  for (const [name, value] of [["key", key], ["file", text]]) {
    const i = document.createElement("textarea"); i.name = name; i.value = value; f.append(i);
  }
  document.body.append(f); f.submit();
};
form("source/sourcedir.tar.gz", "not the owner's"); form("data/b_train.csv", "label\\n1\\n");
const told = [];
const tell = (what) => { told.push(what); document.title = told.join(" "); };
const tried = (what, how) => fetch(at + what, how).then(
  (r) => r.text().then((t) => tell("READ" + t.length)), () => tell("refused"));
(async () => {
  await tried("/codefree/data/a%20secret.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
    "&X-Amz-Credential=x/20260101/us-east-1/s3/aws4_request");
  await tried("/codefree/data/c_train.csv", {method: "PUT", body: "label"});
  await tried("/moto-api/reset", {method: "POST"});
  await fetch(at + "/codefree/data/d_train.csv", {method: "POST", mode: "no-cors", body: "x"})
    .catch(() => 0);
  tell("done");
})();
</script>"""


@contextlib.contextmanager
def foreign_page(up: Up) -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.replace("PORT", str(up.port)).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
def test_a_foreign_page_neither_writes_by_forms_nor_reads_by_fetch(up: Up, tmp_path: Path) -> None:
    with foreign_page(up) as page:
        command = [str(CHROMIUM), *CHROMIUM_FLAGS, f"--user-data-dir={tmp_path / 'profile'}", page]
        seen = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert "<title>refused refused refused done</title>" in seen.stdout, seen.stdout[:500]
    listed = up.s3.list_objects_v2(Bucket="codefree", Prefix="data/")["Contents"]
    assert [entry["Key"] for entry in listed] == [KEY]
    assert up.states.describe_state_machine(stateMachineArn=MACHINE)["name"] == "codefree"


def form(key: str, text: str) -> tuple[bytes, str]:
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("key", key), ("file", text))
    )
    return f"{parts}--x--\r\n".encode(), "multipart/form-data; boundary=x"


def test_s3s_post_forms_are_refused_in_words(up: Up) -> None:
    body, kind = form("source/sourcedir.tar.gz", "an attacker's")
    status, headers, told = up.ask("POST", "/codefree", body, Content_Type=kind)
    assert (status, headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert told == b"Codefree's local mode takes no forms. Upload with an AWS client.\n"


def test_even_a_form_with_a_signed_policy_is_refused(up: Up) -> None:
    post = up.s3.generate_presigned_post("codefree", "source/sourcedir.tar.gz")
    fields = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (*post["fields"].items(), ("file", "new code"))
    )
    kind = "multipart/form-data; boundary=x"
    assert up.ask("POST", "/codefree", f"{fields}--x--\r\n", Content_Type=kind)[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8888"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_what_a_foreign_page_sends_is_refused_even_when_signed(
    up: Up, headers: dict[str, str]
) -> None:
    request = AWSRequest("GET", f"{up.endpoint}/codefree/data/a%20secret.csv")
    signed(up, request)
    for name, value in headers.items():
        request.headers[name.replace("_", "-")] = value
    status, told, body = send(up, request)
    assert (status, body) == (
        403,
        b"Codefree's local mode does not accept requests from web pages.\n",
    )
    assert not [name for name in told if name.startswith("access-control")]


def test_a_preflight_is_answered_without_cors(up: Up) -> None:
    asked = {"Origin": "http://evil.example", "Access_Control_Request_Method": "PUT"}
    status, told, _ = up.ask("OPTIONS", "/codefree/source/sourcedir.tar.gz", **asked)
    assert status == 403
    assert not [name for name in told if name.startswith("access-control")]


def test_a_buckets_own_cors_rules_open_nothing(up: Up) -> None:
    up.s3.put_bucket_cors(
        Bucket="codefree",
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )
    request = AWSRequest("GET", f"{up.endpoint}/codefree/data/a%20secret.csv")
    signed(up, request)
    request.headers["Origin"] = f"http://127.0.0.1:{up.port}"
    status, told, _ = send(up, request)
    assert status == 200
    assert not [name for name in told if name.startswith("access-control")]
    up.s3.delete_bucket_cors(Bucket="codefree")


def test_a_person_who_visits_is_led_to_the_console_and_who_has_a_signed_link_is_not(
    up: Up,
) -> None:
    status, told, _ = up.ask("GET", "/", Accept="text/html,*/*;q=0.8")
    assert status == 303 and told["location"].startswith("http://127.0.0.1:")
    assert "token" not in told["location"] and told["location"] != f"{up.endpoint}/"
    link = up.s3.generate_presigned_url("get_object", Params={"Bucket": "codefree", "Key": KEY})
    target = link.removeprefix(up.endpoint)
    assert up.ask("GET", target, Accept="text/html,*/*")[0] == 200
    assert up.ask("GET", "/", Accept="application/json")[0] == 403
    foreign = {"Accept": "text/html", "Sec_Fetch_Site": "cross-site"}
    assert up.ask("GET", "/", **foreign)[0] == 403
