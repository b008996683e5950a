using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Every phase of a connection and of a request has an end, whatever happens in it.</summary>
public sealed class ConnectionPhaseTests
{
    private static readonly RequestVariables s_get = RequestVariables.For("GET", "/script"), s_post = RequestVariables.For("POST", "/script");

    /// <summary>How each phase is reached, on each wire that has it.</summary>
    private static readonly (string Name, Protocol? Protocol, ConnectionPhase Phase, RequestPhase? Request, Action<Wire> Reach)[] s_states =
    [
        ("SCGI: nothing has come", Protocols.Scgi, ConnectionPhase.Opening, null, static _ => { }),
        ("SCGI: half of a header", Protocols.Scgi, ConnectionPhase.Opening, null, static wire => wire.Send("70:CONTENT"u8)),
        ("SCGI: half of a body", Protocols.Scgi, ConnectionPhase.Serving, RequestPhase.Body, static wire => wire.Send(ScgiBody(1000, 3))),
        ("SCGI: the script does not read", Protocols.Scgi, ConnectionPhase.Serving, RequestPhase.Reader, static wire =>
        {
            wire.Send(ScgiBody(1000, 3));
            wire.Responder.Response!.IsReaderFull = true;
            wire.Send([1]);
        }),
        ("SCGI: the body is not needed", Protocols.Scgi, ConnectionPhase.Serving, RequestPhase.Drain, static wire =>
        {
            wire.Send(ScgiBody(1000, 3));
            wire.Responder.Response!.StopReading();
        }),
        ("SCGI: the script runs", Protocols.Scgi, ConnectionPhase.Serving, RequestPhase.Response, static wire => wire.Send(ScgiBody(0, 0))),
        ("SCGI: nothing of the answer is taken", Protocols.Scgi, ConnectionPhase.Serving, RequestPhase.Response, static wire =>
        {
            wire.Send(ScgiBody(0, 0));
            wire.Responder.Response!.Write(1_000_000);
        }),
        ("SCGI: the request was refused", Protocols.Scgi, ConnectionPhase.Lingering, RequestPhase.Response, static wire => wire.Send("nonsense"u8)),
        ("SCGI: the response has broken off", Protocols.Scgi, ConnectionPhase.Breaking, RequestPhase.Response, static wire =>
        {
            wire.Send(ScgiBody(0, 0));
            wire.Responder.Response!.BreakOff();
        }),
        ("SCGI: the response has broken off before the body has come", Protocols.Scgi, ConnectionPhase.Breaking, RequestPhase.Body, static wire =>
        {
            wire.Send(ScgiBody(1000, 3));
            wire.Responder.Response!.BreakOff();
        }),
        ("uwsgi: nothing has come", Protocols.Uwsgi, ConnectionPhase.Opening, null, static _ => { }),
        ("uwsgi: half of the variables", Protocols.Uwsgi, ConnectionPhase.Opening, null, static wire => wire.Send(0, 200, 0, 0, 1)),
        ("uwsgi: half of a body", Protocols.Uwsgi, ConnectionPhase.Serving, RequestPhase.Body, static wire => wire.Send(UwsgiClient.Encode(s_post, new byte[1000]).AsSpan(..^997))),
        ("uwsgi: the script runs", Protocols.Uwsgi, ConnectionPhase.Serving, RequestPhase.Response, static wire => wire.Send(UwsgiClient.Encode(s_get, default))),
        ("uwsgi: the response has broken off", Protocols.Uwsgi, ConnectionPhase.Breaking, RequestPhase.Response, static wire =>
        {
            wire.Send(UwsgiClient.Encode(s_get, default));
            wire.Responder.Response!.BreakOff();
        }),
        ("uwsgi: the request was refused", Protocols.Uwsgi, ConnectionPhase.Lingering, RequestPhase.Response, static wire => wire.Send(71, 0, 0, 0)),
        ("FastCGI: nothing has come", Protocols.FastCgi, ConnectionPhase.Opening, null, static _ => { }),
        ("FastCGI: half of a record", Protocols.FastCgi, ConnectionPhase.Opening, null, static wire => wire.Send(FastCgiClient.Begin().ToBytes().AsSpan(0, 5))),
        ("FastCGI: a management record", Protocols.FastCgi, ConnectionPhase.Opening, null, static wire => wire.Send(FastCgiClient.GetValues("FCGI_MAX_CONNS").ToBytes())),
        ("FastCGI: half of the variables", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.Header, static wire => wire.Send(FastCgiClient.Begin().ToBytes())),
        ("FastCGI: a body without variables", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.HeaderAlone,
            static wire => wire.Send([.. FastCgiClient.Begin().ToBytes(), .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, default).SelectMany(record => record.ToBytes())])),
        ("FastCGI: half of a body", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.Body, static wire => wire.Send(FastCgiBody(1000, 3))),
        ("FastCGI: a body of unknown length", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.Body, static wire => wire.Send(FastCgiBody(null, 3))),
        ("FastCGI: the script does not read", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.Reader, static wire =>
        {
            wire.Send(FastCgiBody(1000, 3));
            wire.Responder.Response!.IsReaderFull = true;
            wire.Send(new FastCgiRecord(FastCgiRecordType.Stdin, 1, [1]).ToBytes());
        }),
        ("FastCGI: the body is not needed", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.Drain, static wire =>
        {
            wire.Send(FastCgiBody(1000, 3));
            wire.Responder.Response!.StopReading();
        }),
        ("FastCGI: the script runs", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.Response, static wire => wire.Send(FastCgiClient.Encode(s_get))),
        ("FastCGI: nothing of the answer is taken", Protocols.FastCgi, ConnectionPhase.Serving, RequestPhase.Response, static wire =>
        {
            wire.Send(FastCgiClient.Encode(s_get));
            wire.Responder.Response!.Write(1_000_000);
        }),
        ("FastCGI: nothing of the answer's end is taken", Protocols.FastCgi, ConnectionPhase.Sending, null, static wire =>
        {
            wire.Send(FastCgiClient.Encode(s_get));
            wire.Responder.Response!.Write(300_000);
        }),
        ("FastCGI: one request has broken off, and another has been answered", Protocols.FastCgi, ConnectionPhase.Breaking, null, static wire =>
        {
            wire.Send(FastCgiClient.Encode(s_get, requestId: 1, keepConnection: true));
            ScriptedResponse first = wire.Responder.Response!;
            wire.Send(FastCgiClient.Encode(s_get, requestId: 2, keepConnection: true));
            first.BreakOff();
            wire.Responder.Response!.Write(10);
        }),
        ("FastCGI: the connection is kept", Protocols.FastCgi, ConnectionPhase.Idle, null, static wire =>
        {
            wire.Send(FastCgiClient.Encode(s_get, keepConnection: true));
            wire.Responder.Response!.Write(10);
        }),
        ("FastCGI: the connection is kept, and half of a record has come", Protocols.FastCgi, ConnectionPhase.Idle, null, static wire =>
        {
            wire.Send(FastCgiClient.Encode(s_get, keepConnection: true));
            wire.Responder.Response!.Write(10);
            wire.Send(FastCgiClient.Begin(2).ToBytes().AsSpan(0, 5));
        }),
        ("FastCGI: the first bytes were no record", Protocols.FastCgi, ConnectionPhase.Lingering, null, static wire => wire.Send("12:nonsense"u8)),
        ("any protocol: nothing has come", null, ConnectionPhase.Opening, null, static _ => { }),
    ];

    private static readonly (string Name, Action<Wire> Happen)[] s_events =
    [
        ("nothing", static _ => { }),
        ("the web server sends a byte", static wire => wire.TrySend(1)),
        ("the web server takes something", static wire => wire.Receive()),
        ("the web server sends no more", static wire => wire.EndSending()),
        ("the web server leaves", static wire => wire.HangUp()),
        ("the process is to end", static wire => wire.Finish()),
    ];

    public static TheoryData<int, int> StatesAndEvents => new MatrixTheoryData<int, int>(Enumerable.Range(0, s_states.Length), Enumerable.Range(0, s_events.Length));

    [Fact]
    public void Every_phase_is_among_those_that_are_tried()
    {
        Assert.Equal(Enum.GetValues<ConnectionPhase>().Except([ConnectionPhase.Closed]), s_states.Select(state => state.Phase).Distinct().Order());
        Assert.Equal(Enum.GetValues<RequestPhase>(), s_states.Where(state => state.Request is not null).Select(state => state.Request!.Value).Distinct().Order());
    }

    [Theory, MemberData(nameof(StatesAndEvents))]
    [Trait("fault", "H8"), Trait("fault", "H9")]
    public void Every_phase_ends_whatever_happens_in_it(int state, int @event)
    {
        (string name, Protocol? protocol, ConnectionPhase phase, RequestPhase? request, Action<Wire> reach) = s_states[state];
        using var wire = new Wire(protocol);
        reach(wire);
        Assert.Equal((name, phase, request), (name, wire.Connection.Phase, wire.Connection.Requests is [var first] ? first.Phase : null));

        s_events[@event].Happen(wire);
        string what = $"{name}, and then {s_events[@event].Name}";
        bool hasEnded = false;
        for (int step = 0; !wire.IsClosed && step < 100; step++)
        {
            long deadline = wire.Connection.Deadline;
            if (deadline == long.MaxValue)
            {
                // Only a script may run for as long as it does; the end of that is its own, which here is now.
                Assert.True(!hasEnded && wire.Connection.Requests is [{ Phase: RequestPhase.Response or RequestPhase.Reader, Response: ScriptedResponse { IsAbandoned: false } }],
                    $"{what}: {wire.Connection.Phase} has no end");
                hasEnded = true;
                wire.Responder.Response!.IsReaderFull = false;
                wire.Responder.Response.Write(10);
                continue;
            }
            Assert.True(deadline > wire.Now, $"{what}: the deadline of {wire.Connection.Phase} has passed");
            wire.Pass(deadline - wire.Now);
            Assert.True(wire.Overdue.Count == 0 && (wire.IsClosed || wire.Connection.Deadline > wire.Now), $"{what}: the deadline of {wire.Connection.Phase} was not moved");
        }
        Assert.True(wire.IsClosed, $"{what}: it never ends");
    }

    [Fact]
    [Trait("fault", "H9")]
    public void When_the_finish_time_is_over_every_connection_is_closed_whatever_its_phase()
    {
        foreach ((string name, Protocol? protocol, _, _, Action<Wire> reach) in s_states)
        {
            using var wire = new Wire(protocol);
            reach(wire);
            wire.Finish();
            for (int second = 0; second < Limits.DefaultFinishSeconds; second++)
                wire.Pass(1000);
            Assert.True(wire.IsClosed && wire.Overdue.Count == 0, name);
        }
    }

    [Fact]
    public void A_body_that_goes_on_coming_is_waited_for()
    {
        using var wire = new Wire(Protocols.Scgi);
        wire.Send(ScgiBody(1000, 3));
        for (int i = 0; i < 20; i++)
        {
            wire.Pass(59_000);
            wire.Send([1]);
            Assert.Equal(RequestPhase.Body, Assert.Single(wire.Connection.Requests).Phase);
        }
        wire.Pass(60_000);
        Assert.True(wire.Responder.Response!.IsAbandoned);
    }

    [Fact]
    public void A_response_that_goes_on_being_taken_is_sent_however_slowly()
    {
        using var wire = new Wire(Protocols.Scgi);
        wire.Send(ScgiBody(0, 0));
        wire.Responder.Response!.Write(2_000_000);
        int received = 0;
        while (!wire.IsClosed)
        {
            wire.Pass(59_000);
            int count = wire.Take(40_000);
            Assert.NotEqual(0, count);
            received += count;
        }
        Assert.Equal(2_000_000, received + wire.Receive());
    }

    private static byte[] ScgiBody(int length, int sent) => ScgiClient.Encode(length == 0 ? s_get : s_post, new byte[length])[..^(length - sent)];

    private static byte[] FastCgiBody(int? length, int sent) =>
    [
        .. FastCgiClient.Begin().ToBytes(),
        .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(length is null ? s_post : s_post.ForFastCgi(length.Value))).SelectMany(record => record.ToBytes()),
        .. new FastCgiRecord(FastCgiRecordType.Stdin, 1, new byte[sent]).ToBytes(),
    ];
}
