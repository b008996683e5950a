using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Scripts;
using Shims.Posix;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>A relayed script, whose part the test plays. The last byte of the request's body is missing, so that nothing is sent unless the test says so.</summary>
public sealed class RelayStateTests : IDisposable
{
    private const int OutputWait = 5000;

    private static readonly StateTable<RelayState> s_table = new("""
                       it writes      its output ends   the script ends   time is over   all is sent    it fails or is given up
          Silent       Pausing        Pausing           HeldOpen          Silent         Silent         Over
          Pausing      Pausing        Pausing           HeldOpen          Streaming      Pausing        Over
          Streaming    Streaming      OutputEnded       HeldOpen          Streaming      Streaming      Over
          OutputEnded  OutputEnded    OutputEnded       Ended             Detached       OutputEnded    Over
          Detached     Detached       Detached          Ended             Detached       Over           Over
          HeldOpen     HeldOpen       Ended             HeldOpen          Ended          HeldOpen       Over
          Ended        HeldOpen       Ended             Ended             Ended          Over           Over
          Over         Over           Over              Over              Over           Over           Over
        """);

    private static readonly Dictionary<RelayState, string[]> s_reach = new()
    {
        [RelayState.Silent] = [],
        [RelayState.Pausing] = ["it writes"],
        [RelayState.Streaming] = ["it writes", "time is over"],
        [RelayState.OutputEnded] = ["it writes", "its output ends", "time is over"],
        [RelayState.Detached] = ["it writes", "its output ends", "time is over", "time is over"],
        [RelayState.HeldOpen] = ["it writes", "the script ends"],
        [RelayState.Ended] = ["it writes", "the script ends", "time is over"],
        [RelayState.Over] = ["it fails or is given up"],
    };

    private static readonly Dictionary<string, Action<RelayStateTests>> s_happen = new()
    {
        ["it writes"] = static test => test.Write(),
        ["its output ends"] = static test => test.Script.CloseOutput(),
        ["the script ends"] = static test => test.Script.Exit(),
        ["time is over"] = static test => test._wire.Pass(Math.Min(((IDeadline)test._relay).Deadline - test._wire.Now, OutputWait)),
        ["all is sent"] = static test => test._wire.TrySend(1),
        ["it fails or is given up"] = static test => test._wire.HangUp(),
    };

    private readonly ScriptedLauncher _launcher = new();
    private readonly Wire _wire;
    private readonly ScriptRelay _relay;
    private bool _hasHeader;

    public RelayStateTests()
        : this(Protocols.Scgi)
    {
    }

    private RelayStateTests(Protocol protocol, int bodyLength = 1000, int sent = 999)
    {
        _wire = new Wire(protocol, _launcher);
        RequestVariables variables = RequestVariables.For("POST", "/script");
        _wire.Send(protocol == Protocols.Scgi
            ? ScgiClient.Encode(variables, new byte[bodyLength])[..^(bodyLength - sent)]
            : FastCgiClient.Encode(variables, new byte[bodyLength], keepConnection: true)[..^FastCgiRecord.HeaderSize]);
        _relay = Assert.IsType<ScriptRelay>(Assert.Single(_wire.Connection.Requests).Response);
    }

    public static TheoryData<string, string> Cells => s_table.Cells;

    private ScriptedScript Script => _launcher.Script;

    [Fact]
    public void The_comment_over_RelayState_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Scripts/RelayState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_RelayState_where_the_table_says(string name, string @event)
    {
        RelayState state = Enum.Parse<RelayState>(name);
        Reach(state);
        Happen(@event);
        Assert.Equal(s_table[state, @event], _relay.State);
        Assert.Empty(_wire.Overdue);
    }

    [Fact]
    public void A_script_that_is_killed_fails_in_every_state_in_which_it_runs()
    {
        foreach (RelayState state in new[] { RelayState.Silent, RelayState.Pausing, RelayState.Streaming, RelayState.OutputEnded, RelayState.Detached })
        {
            using var test = new RelayStateTests();
            test.Reach(state);
            test.Script.OnSignal(Flags.SIGKILL);
            test._wire.Run();
            Assert.Equal(RelayState.Over, test._relay.State);
            test._wire.Send(1);
            Assert.StartsWith("Status: 502 ", Latin1.Text(test._wire.ReceiveBytes()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_abort_ends_a_request_in_every_state_and_a_script_that_runs()
    {
        foreach (RelayState state in s_reach.Keys.Except([RelayState.Over]))
        {
            using var test = new RelayStateTests(Protocols.FastCgi);
            test.Reach(state);
            test._wire.Send(FastCgiClient.Abort().ToBytes());
            Assert.Equal(RelayState.Over, test._relay.State);
            Assert.Empty(test._wire.Connection.Requests);
            Assert.False(test._wire.IsClosed); // it is kept
            Assert.Equal(test.Script.Status is null ? [Flags.SIGTERM] : [], test.Script.Signals);
        }
    }

    [Fact]
    public void The_end_of_the_process_ends_a_request_in_every_state_and_everything_that_the_script_has_started()
    {
        foreach (RelayState state in s_reach.Keys)
        {
            using var test = new RelayStateTests();
            test.Reach(state);
            test._wire.Finish();
            for (int i = 0; i < 2 * Limits.DefaultFinishSeconds; i++)
                test._wire.Pass(500);
            Assert.True(test._relay.State == RelayState.Over && test._wire.IsClosed && test._wire.RunningScripts == 0, $"{state}: {test._relay.State}");
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_script_that_goes_on_for_ever_is_asked_to_end_and_then_killed(bool isObedient)
    {
        Script.IsObedient = isObedient;
        _wire.Send(1);
        _wire.Pass(3600 * 1000);
        Assert.Equal([Flags.SIGTERM], Script.Signals.Take(1));
        Assert.Equal(isObedient, _relay.State == RelayState.Over);
        _wire.Pass(Limits.KillGrace);
        Assert.Contains(Flags.SIGKILL, Script.Signals);
        Assert.Equal(RelayState.Over, _relay.State);
        Assert.StartsWith("Status: 504 ", Latin1.Text(_wire.ReceiveBytes()), StringComparison.Ordinal);
        Assert.True(_wire.IsClosed);
    }

    [Fact]
    public void Processes_that_a_failed_script_has_left_are_not_waited_for()
    {
        Happen("it writes");
        Script.Exit(1);
        _wire.Run();
        Assert.Equal(RelayState.HeldOpen, _relay.State);
        _wire.Pass(OutputWait);
        Assert.Equal(RelayState.Over, _relay.State);
        _wire.Send(1);
        Assert.StartsWith("Status: 502 ", Latin1.Text(_wire.ReceiveBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Output_still_being_written_when_the_time_of_the_script_is_over_is_not_taken_for_complete()
    {
        Happen("it writes");
        _wire.Send(1);
        Script.Exit();
        _wire.Run();
        for (int second = 0; second < 3600; second += 4)
        {
            Assert.Equal(RelayState.HeldOpen, _relay.State);
            Happen("it writes");
            _wire.ReceiveBytes();
            _wire.Pass(4000);
        }
        Assert.Equal(RelayState.Over, _relay.State);
        Assert.False(_wire.HasEndedWell);
    }

    [Theory, InlineData("Content-Length: 100", "body"), InlineData("Transfer-Encoding: chunked", "4\r\nbody\r\n")]
    public void A_short_body_of_a_script_that_runs_on_breaks_off_and_the_script_is_left_alone(string header, string body)
    {
        _wire.Send(1);
        Script.Write(Latin1.Bytes($"Content-Type: text/plain\n{header}\n\n{body}"));
        _wire.Run();
        foreach (string @event in (string[])["its output ends", "time is over", "time is over"])
            Happen(@event);
        Assert.Equal(RelayState.Over, _relay.State);
        Assert.EndsWith("body", Latin1.Text(_wire.ReceiveBytes()), StringComparison.Ordinal);
        // The reset waits until the peer has taken what was sent.
        _wire.Pass(Limits.BreakLook);
        Assert.True(_wire.IsClosed);
        Assert.False(_wire.HasEndedWell);
        Assert.Empty(Script.Signals);
        Assert.Equal(1, _wire.RunningScripts);
    }

    [Fact]
    public void A_body_that_cannot_be_read_back_fails_and_ends_the_script()
    {
        const int length = 2_000_000, part = 50_000;
        using var test = new RelayStateTests(Protocols.Scgi, length, sent: part);
        for (int sent = part; sent < length - part; sent += part)
        {
            test._wire.Send(new byte[part]);
            if (test._relay.Input!.State == PipeWriterState.Full)
                test._wire.Pass(Limits.ReadingPatience);
        }
        BodySpool body = Assert.Single(test._wire.Connection.Requests).Body;
        Libc.Truncate(BodyStateTests.FileOf(body), 0);
        while (test._relay.State != RelayState.Over && test.Script.Read() > 0)
            test._wire.Run();
        Assert.Equal([Flags.SIGTERM], test.Script.Signals);
        test._wire.Send(new byte[part]);
        Assert.StartsWith("Status: 500 ", Latin1.Text(test._wire.ReceiveBytes()), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _wire.Dispose();
        _launcher.Dispose();
    }

    private void Reach(RelayState state)
    {
        foreach (string step in s_reach[state])
            Happen(step);
        Assert.Equal(state, _relay.State);
    }

    private void Happen(string @event)
    {
        s_happen[@event](this);
        _wire.Run();
    }

    /// <summary>To its output if that is open, else to its errors.</summary>
    private void Write()
    {
        if (Script.Write(_hasHeader ? "more"u8 : "Content-Type: text/plain\n\nbody"u8) == 0)
            Script.WriteError("error"u8);
        _hasHeader = true;
    }
}
