using Shims.Gateway.Connections;
using Shims.Posix;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>What a relayed script and its web server do, in every order: the answer is the same.</summary>
public sealed class RelayOrderTests
{
    private const string Header = "Content-Type: text/plain\n\n", Body = "served";
    private const int BodyLength = 300;

    /// <summary>All that happens while a request is answered. What comes later on a line needs what comes before it.</summary>
    private static readonly (string Name, Action<Wire, ScriptedScript, byte[]> Happen)[][] s_lines =
    [
        [
            ("the header", static (_, script, _) => script.Write(Latin1.Bytes(Header))),
            ("the body", static (_, script, _) => script.Write(Latin1.Bytes(Body))),
            ("the end of its output", static (_, script, _) => script.CloseOutput()),
        ],
        [("an error", static (_, script, _) => script.WriteError("an error\n"u8)), ("the end of its errors", static (_, script, _) => script.CloseErrors())],
        [("its end", static (_, script, _) => script.Exit())],
        [("the rest of the request", static (wire, _, rest) => wire.Send(rest))],
    ];

    public static TheoryData<string> Wires => [.. Protocols.All.Select(protocol => protocol.Word)];

    [Theory, MemberData(nameof(Wires))]
    public void The_response_is_whole_and_ends_well_in_whatever_order_a_script_writes_and_ends(string protocol)
    {
        int count = 0;
        foreach (int[] order in Orders([.. s_lines.Select(static line => line.Length)]))
        {
            // With and without time for each to be seen by itself.
            foreach (int pause in new[] { 0, Limits.EndMoment })
                Respond(Named(protocol), order, pause);
            count++;
        }
        Assert.Equal(420, count); // 7! / (3! 2!)
    }

    [Theory, MemberData(nameof(Wires))]
    public void Two_that_both_write_more_than_all_pipes_hold_do_not_wait_for_each_other(string protocol)
    {
        const int size = 3_000_000;
        using var launcher = new ScriptedLauncher();
        using var wire = new Wire(Named(protocol), launcher);
        byte[] request = Request(Named(protocol), size), page = [.. Latin1.Bytes(Header), .. new byte[size]];
        int sent = wire.SendSome(request.AsSpan(..1000)), written = 0, read = 0, received = 0;
        ScriptedScript script = launcher.Script;
        for (int round = 0; sent < request.Length || written < page.Length; round++)
        {
            Assert.True(round < 1000, $"{sent} sent, {written} written");
            // Neither of them reads what the other writes as long as it can write itself.
            int taken = wire.SendSome(request.AsSpan(sent)), output = script.Write(page.AsSpan(written));
            sent += taken;
            written += output;
            wire.Run();
            if (taken > 0 || output > 0)
                continue;
            wire.Pass(Limits.ReadingPatience);
            received += wire.Receive();
        }
        for (int count = script.Read(); count > 0; count = script.Read())
        {
            read += count;
            wire.Run();
        }
        Assert.Equal(size, read);
        script.Exit();
        script.CloseOutput();
        wire.Run();
        received += wire.Receive();
        Assert.True(received > size && wire.HasEndedWell, $"{received} of {size} bytes");
    }

    [Theory, MemberData(nameof(Wires))]
    public void A_web_server_that_leaves_ends_a_script_and_the_end_is_awaited(string protocol)
    {
        using var launcher = new ScriptedLauncher();
        using var wire = new Wire(Named(protocol), launcher);
        wire.Send(Request(Named(protocol), 0));
        ScriptedScript script = launcher.Script;
        wire.HangUp();
        Assert.True(wire.IsClosed);
        Assert.Equal([Flags.SIGTERM], script.Signals);
        Assert.Equal(1, wire.RunningScripts);
        wire.Pass(Limits.KillGrace);
        Assert.Equal(Flags.SIGKILL, script.Signals[1]);
        Assert.Equal(0, wire.RunningScripts);
    }

    private static void Respond(Protocol protocol, int[] order, int pause)
    {
        using var launcher = new ScriptedLauncher();
        using var wire = new Wire(protocol, launcher);
        byte[] request = Request(protocol, BodyLength), rest = request[^BodyLength..];
        wire.Send(request[..^BodyLength]);
        int[] next = new int[s_lines.Length];
        var happened = new List<string>();
        foreach (int line in order)
        {
            (string name, Action<Wire, ScriptedScript, byte[]> happen) = s_lines[line][next[line]++];
            happened.Add(name);
            happen(wire, launcher.Script, rest);
            wire.Pass(pause);
        }
        wire.Pass(Limits.EndMoment);
        string what = string.Join(", ", happened);
        byte[] answer = wire.ReceiveBytes();
        Assert.True(OutputOf(protocol, answer).EndsWith("\r\n\r\n" + Body, StringComparison.Ordinal), $"{what}: {Latin1.Text(answer)}");
        Assert.True(wire.IsClosed && wire.HasEndedWell && wire.RunningScripts == 0, what);
    }

    /// <summary>The CGI response in what came over the wire; nothing if that says that it is not complete.</summary>
    private static Protocol Named(string word) => Protocols.OfWord(word)!;

    private static string OutputOf(Protocol protocol, byte[] received)
    {
        if (protocol != Protocols.FastCgi)
            return Latin1.Text(received);
        var records = new List<FastCgiRecord>();
        for (ReadOnlySpan<byte> left = received; FastCgiRecord.Read(left, out int size) is { } record; left = left[size..])
            records.Add(record);
        var reply = new FastCgiReply { Records = records, RequestId = 1, WasReset = false };
        return reply.IsComplete ? Latin1.Text(reply.Output) : "";
    }

    private static byte[] Request(Protocol protocol, int length)
    {
        var variables = RequestVariables.For("POST", "/script");
        return protocol == Protocols.Scgi ? ScgiClient.Encode(variables, new byte[length])
            : protocol == Protocols.Uwsgi ? UwsgiClient.Encode(variables, new byte[length])
            : FastCgiClient.Encode(variables.ForFastCgi(length), new byte[length]);
    }

    /// <summary>Each order in which things on several lines can happen, each as the line that is next.</summary>
    private static IEnumerable<int[]> Orders(int[] left)
    {
        if (left.All(static count => count == 0))
            yield return [];
        for (int line = 0; line < left.Length; line++)
        {
            if (left[line] == 0)
                continue;
            int[] after = [.. left];
            after[line]--;
            foreach (int[] rest in Orders(after))
                yield return [line, .. rest];
        }
    }
}
