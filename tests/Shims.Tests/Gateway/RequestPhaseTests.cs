using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>What a request waits for, on a FastCGI connection that is kept: there alone a body is read on while its reader is full, and may come before the variables.</summary>
public sealed class RequestPhaseTests
{
    private static readonly StateTable<RequestPhase> s_table = new("""
                       the variables end  the body ends  the reader is full  the reader goes on  the rest is not needed  it is given up  time is over
          Header       Body               HeaderAlone    Header              Header              Header                  Response        Response
          HeaderAlone  Response           HeaderAlone    HeaderAlone         HeaderAlone         HeaderAlone             Response        Response
          Body         Body               Response       Reader              Body                Drain                   Response        Response
          Reader       Reader             Response       Reader              Body                Drain                   Response        Reader
          Drain        Drain              Response       Drain               Drain               Drain                   Response        Response
          Response     Response           Response       Response            Response            Response                Response        Response
        """);

    private static readonly byte[] s_variables = Stream(FastCgiRecordType.Params, FastCgiClient.EncodePairs(RequestVariables.For("POST", "/script").ForFastCgi(1000)));

    private static readonly Dictionary<string, Action<Wire, Exchange>> s_happen = new()
    {
        ["the variables end"] = static (wire, _) => wire.Send(s_variables),
        ["the body ends"] = static (wire, exchange) => wire.Send(Stream(FastCgiRecordType.Stdin, new byte[(int)Math.Max(0, exchange.BodyLength - exchange.Body.Received)])),
        ["the reader is full"] = static (wire, _) => SetReader(wire, isFull: true),
        ["the reader goes on"] = static (wire, _) => SetReader(wire, isFull: false),
        ["the rest is not needed"] = static (wire, exchange) =>
        {
            exchange.StartDrain();
            wire.Run();
        },
        ["it is given up"] = static (wire, exchange) =>
        {
            exchange.GiveUp(new Fault(500, "the test gives it up", "see the test"));
            wire.Run();
        },
        ["time is over"] = static (wire, exchange) => wire.Pass(Math.Min(exchange.Deadline - wire.Now, 600_000)),
    };

    private static readonly Dictionary<RequestPhase, string[]> s_reach = new()
    {
        [RequestPhase.Header] = [],
        [RequestPhase.HeaderAlone] = ["the body ends"],
        [RequestPhase.Body] = ["the variables end"],
        [RequestPhase.Reader] = ["the variables end", "the reader is full"],
        [RequestPhase.Drain] = ["the variables end", "the rest is not needed"],
        [RequestPhase.Response] = ["the variables end", "the body ends"],
    };

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_RequestPhase_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Requests/RequestPhase.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_RequestPhase_where_the_table_says(string name, string @event)
    {
        RequestPhase phase = Enum.Parse<RequestPhase>(name);
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send(FastCgiClient.Begin(keepConnection: true).ToBytes());
        Exchange exchange = Assert.Single(wire.Connection.Requests);
        foreach (string step in s_reach[phase])
            s_happen[step](wire, exchange);
        Assert.Equal(phase, exchange.Phase);

        s_happen[@event](wire, exchange);
        Assert.Equal(s_table[phase, @event], exchange.Phase);
        Assert.Equal(exchange.Phase == RequestPhase.Response, exchange.MaySend);
        Assert.Equal(exchange.Phase is RequestPhase.Response or RequestPhase.Reader, exchange.Deadline == long.MaxValue);
        Assert.Empty(wire.Overdue);
    }

    private static void SetReader(Wire wire, bool isFull)
    {
        if (wire.Responder.Response is not { } answer)
            return; // nothing has been asked for an answer
        answer.IsReaderFull = isFull;
        answer.TakeTurn();
    }

    private static byte[] Stream(FastCgiRecordType type, byte[] content) => [.. FastCgiClient.Stream(type, 1, content).SelectMany(record => record.ToBytes())];
}
