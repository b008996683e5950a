using System.Text;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>The status page and the ping on each wire: answered before any script, and not counted.</summary>
public sealed class WatchResponderTests
{
    /// <summary>The protocols, and whether scripts write to the connection themselves.</summary>
    public static TheoryData<string, bool> Wires => new() { { "scgi", false }, { "scgi", true }, { "fastcgi", false }, { "uwsgi", false }, { "uwsgi", true }, { "ajp13", false } };

    [Theory, MemberData(nameof(Wires))]
    public void The_paths_are_answered_by_the_gateway_and_all_others_by_scripts(string protocol, bool isShared)
    {
        using (Wire wire = Ask(protocol, isShared, "/shims-status"))
        {
            string page = Encoding.UTF8.GetString(wire.ReceiveBytes());
            Assert.Contains("program:", page, StringComparison.Ordinal);
            Assert.Contains("no-store", page, StringComparison.Ordinal);
            Assert.Null(wire.Responder.Response);
        }
        using (Wire wire = Ask(protocol, isShared, "/ping"))
        {
            Assert.Contains("pong\n", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
            Assert.Null(wire.Responder.Response);
        }
        using (Wire wire = Ask(protocol, isShared, "/cgi-bin/a.cgi"))
            Assert.NotNull(wire.Responder.Response);
    }

    [Theory, MemberData(nameof(Wires))]
    public void A_process_for_one_connection_answers_501_in_one_sentence(string protocol, bool isShared)
    {
        using Wire wire = Ask(protocol, isShared, "/shims-status", servesMany: false);
        string page = Encoding.UTF8.GetString(wire.ReceiveBytes());
        if (protocol != "ajp13")
            Assert.Contains("501 Not Implemented", page, StringComparison.Ordinal);
        Assert.Contains("There is nothing to show of a process that serves one connection: ", page, StringComparison.Ordinal);
        Assert.Null(wire.Responder.Response);
    }

    [Fact]
    public void A_ping_is_refused_from_when_the_process_is_to_end()
    {
        using var wire = new Wire(Protocols.Scgi, servesMany: true, isWatched: true);
        wire.Service.Watch!.BeginEnding();
        wire.Send(Request("scgi", "/ping", "GET"));
        string page = Encoding.UTF8.GetString(wire.ReceiveBytes());
        Assert.StartsWith("Status: 503 ", page, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nthe process is about to end\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ping_is_refused_while_as_many_scripts_run_as_may()
    {
        using var wire = new Wire(Protocols.Scgi, servesMany: true, isWatched: true, limits: new Limits { Concurrency = 2 });
        Slots slots = wire.Service.Slots;
        Assert.True(slots.TryTake(out int first, out _));
        Assert.False(slots.AreTaken);
        Assert.True(slots.TryTake(out int second, out _));
        Assert.True(slots.AreTaken);
        wire.Send(Request("scgi", "/ping", "GET"));
        Assert.StartsWith("Status: 503 ", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
        slots.GiveBack(first);
        Assert.False(slots.AreTaken);
        slots.GiveBack(second);
    }

    [Fact]
    public void A_response_to_HEAD_has_no_body()
    {
        foreach (string path in (string[])["/shims-status", "/ping"])
        {
            using var wire = new Wire(Protocols.Scgi, servesMany: true, isWatched: true);
            wire.Send(Request("scgi", path, "HEAD"));
            string page = Encoding.UTF8.GetString(wire.ReceiveBytes());
            Assert.StartsWith("Status: 200 OK\r\n", page, StringComparison.Ordinal);
            Assert.EndsWith("\r\n\r\n", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "text/plain; charset=utf-8"), InlineData("json", "application/json"), InlineData("openmetrics", "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    [InlineData("a=b&json", "application/json"), InlineData("openmetrics=", "application/openmetrics-text; version=1.0.0; charset=utf-8"), InlineData("jsonp", "text/plain; charset=utf-8"), InlineData("a=json", "text/plain; charset=utf-8")]
    public void The_query_chooses_the_form(string query, string type)
    {
        using var wire = new Wire(Protocols.Scgi, servesMany: true, isWatched: true);
        wire.Send(ScgiClient.Encode(RequestVariables.For("GET", "/x", query: query).With("SCRIPT_NAME", "/shims-status"), default));
        Assert.Contains($"\r\nContent-Type: {type}\r\n", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_for_them_are_not_counted_and_do_not_keep_a_process_from_being_idle()
    {
        using var wire = new Wire(Protocols.Scgi, servesMany: true, isWatched: true);
        long idleSince = wire.Service.Requests.IdleSince;
        wire.Pass(1000);
        wire.Send(Request("scgi", "/shims-status", "GET"));
        wire.ReceiveBytes();
        wire.HangUp();
        Assert.Equal((0, 0, idleSince), (wire.Service.Watch!.Answered, wire.Service.Requests.InFlight, wire.Service.Requests.IdleSince));
    }

    [Fact]
    public void A_script_that_runs_is_shown_until_it_ends_and_counted_then()
    {
        using var launcher = new ScriptedLauncher();
        using var wire = new Wire(Protocols.Scgi, launcher, servesMany: true, isWatched: true);
        wire.Send(Request("scgi", "/cgi-bin/a.cgi", "GET"));
        IRunningRequest running = Assert.Single(wire.Service.Watch!.Running);
        Assert.Equal(("/opt/script", RequestMode.Relay, 1_000_000_000, wire.Now), (running.Subject, running.Mode, running.Process, running.StartedAt));
        wire.Pass(1500);
        launcher.Script.Write("Status: 201 Created\n\nhello"u8);
        launcher.Script.CloseOutput();
        launcher.Script.CloseErrors();
        launcher.Script.Exit();
        wire.Run();
        Assert.Contains("hello", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
        wire.HangUp();
        Assert.Empty(wire.Service.Watch.Running);
        Assert.Equal([(201, RequestMode.Relay, 1)], wire.Service.Watch.Counts);
        Assert.Equal(1500, wire.Service.Watch.ScriptMilliseconds);
    }

    private static Wire Ask(string protocol, bool isShared, string path, bool servesMany = true)
    {
        var wire = new Wire(Protocols.OfWord(protocol), mode: isShared ? RunMode.Supervise : RunMode.Relay, servesMany: servesMany, isWatched: true);
        wire.Send(Request(protocol, path, "GET"));
        return wire;
    }

    private static byte[] Request(string protocol, string path, string method)
    {
        // Nothing but SCRIPT_NAME leads there.
        RequestVariables variables = RequestVariables.For(method, "/cgi-bin/other.cgi").With("SCRIPT_NAME", path);
        return protocol switch
        {
            "fastcgi" => FastCgiClient.Encode(variables.ForFastCgi(0)),
            "uwsgi" => UwsgiClient.Encode(variables, default),
            "ajp13" => new AjpRequestData { Method = method, Uri = path }.ToBytes(),
            _ => ScgiClient.Encode(variables, default),
        };
    }
}
