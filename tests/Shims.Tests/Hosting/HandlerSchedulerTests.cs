using System.Collections.Concurrent;
using System.Text;
using Shims.Cgi;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Hosting;
using Shims.Posix;
using Shims.Testing;
using Connection = Shims.Testing.Connection;

namespace Shims.Tests.Hosting;

/// <summary>Handlers on real threads: none stops another, and while all are quick nothing is handed over.</summary>
public sealed class HandlerSchedulerTests
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly ConcurrentQueue<int> _threads = new();
    private int _running;
    private int _mostRunning;

    [Fact]
    public async Task Quick_handlers_all_run_on_one_thread_and_not_on_the_first()
    {
        await using var service = new Service(Run, workers: 8, connections: 4);
        for (int i = 0; i < 200; i++)
            Assert.Equal($"{i}", await service.AskAsync(i % 4, $"write {i}"));
        Assert.NotEqual(service.FirstThread, Assert.Single(_threads.Distinct()));
    }

    [Theory]
    [InlineData("block"), InlineData("block letting go")]
    public async Task Handlers_that_block_stop_no_other(string action)
    {
        const int blocked = 64;
        await using var service = new Service(Run, workers: blocked + 1, connections: blocked + 1);
        Task<string>[] answers = [.. Enumerable.Range(0, blocked).Select(i => service.AskAsync(i, action))];
        Assert.Equal("quick", await service.AskAsync(blocked, "write quick"));
        await Patience.UntilAsync(() => Volatile.Read(ref _running) == blocked, "all of them run");
        Assert.Equal("quick", await service.AskAsync(blocked, "write quick"));
        _gate.Set();
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("done", answer));
    }

    [Fact]
    public async Task No_more_handlers_run_than_there_may_be_workers()
    {
        await using var service = new Service(Run, workers: 2, connections: 6);
        Task<string>[] answers = [.. Enumerable.Range(0, 6).Select(i => service.AskAsync(i, "block"))];
        await Patience.UntilAsync(() => Volatile.Read(ref _running) == 2, "two of them run");
        _gate.Set();
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("done", answer));
        Assert.Equal(2, _mostRunning);
    }

    [Fact]
    public async Task Handlers_that_wait_for_their_clients_stop_no_other()
    {
        await using var service = new Service(Run, workers: 8, connections: 4);
        byte[] body = new byte[200_000];
        // One waits for its body, and one for a client that takes nothing.
        await service.Clients[0].SendAsync(HeadOf("count", body.Length));
        await service.Clients[0].SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, body.AsMemory(0, 100_000), ended: false));
        await service.Clients[1].SendAsync(HeadOf("fill 3000000", 0));
        await service.Clients[1].SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, default));
        await Patience.UntilAsync(() => Volatile.Read(ref _running) == 2, "both run");
        for (int i = 0; i < 20; i++)
            Assert.Equal("quick", await service.AskAsync(2 + i % 2, "write quick"));
        await service.Clients[0].SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, body.AsMemory(100_000)));
        Assert.Equal("200000", (await service.Clients[0].ReceiveReplyAsync()).Reply.Body);
        Assert.Equal(3_000_000, (await service.Clients[1].ReceiveReplyAsync()).Reply.BodyBytes.Length);
    }

    [Theory]
    [InlineData(0), InlineData(8)]
    public async Task Another_thread_may_read_and_write_in_the_name_of_a_handler(int workers)
    {
        await using var service = new Service(Run, workers, connections: 1);
        Task<string> answer = service.AskAsync(0, "elsewhere", new byte[300_000]);
        Assert.Equal("300000", (await answer).Trim('x'));
    }

    [Theory]
    [InlineData(0), InlineData(8)]
    public async Task Standard_error_of_a_handler_goes_to_the_web_server(int workers)
    {
        await using var service = new Service(Run, workers, connections: 1);
        FastCgiReply reply = await service.Clients[0].ExchangeAsync(RequestVariables.For("GET", "/app", query: "complain"), keepConnection: true);
        Assert.Equal(("done", "one\ntwo\nthree\n"), (reply.Reply.Body, reply.Error));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(3), InlineData(16)]
    public async Task However_long_handlers_take_each_response_is_that_of_its_request(int workers)
    {
        const int connections = 8, requests = 60;
        var service = new Service(Run, workers, connections);
        await using (service)
        {
            await Task.WhenAll(Enumerable.Range(0, connections).Select(async connection =>
            {
                for (int i = 0; i < requests; i++)
                {
                    byte[] body = new byte[i % 7 * 30_000];
                    string answer = await service.AskAsync(connection, $"vary {connection} {i}", body);
                    Assert.Equal($"{connection} {i} {body.Length}", answer.TrimEnd('x'));
                }
            }));
        }
        Assert.Equal(connections * requests, service.Ended);
    }

    [Theory]
    [InlineData(0), InlineData(2)]
    public async Task A_fault_of_the_loop_ends_serving_whichever_thread_has_the_loop(int workers)
    {
        await using var service = new Service(Run, workers, connections: 2);
        Assert.Equal("quick", await service.AskAsync(0, "write quick"));
        // A handler waits for the rest of its body, and lets the loop go round.
        await service.Clients[0].SendAsync(HeadOf("count", 200_000));
        await service.Clients[0].SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[100_000], ended: false));
        await Patience.UntilAsync(() => Volatile.Read(ref _running) == 1, "it runs");
        service.Fail();
        await service.Clients[0].SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[8], ended: false));
        Assert.Equal("the loop is broken", (await Assert.ThrowsAsync<NotSupportedException>(() => service.Served.Patiently())).Message);
    }

    private static IEnumerable<FastCgiRecord> HeadOf(string action, int bodyLength) =>
        [FastCgiClient.Begin(keepConnection: true), .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("POST", "/app", query: action).ForFastCgi(bodyLength)))];

    private void Run(HandlerChannel channel)
    {
        if (!channel.TryStart())
            return;
        _threads.Enqueue(Environment.CurrentManagedThreadId);
        int running = Interlocked.Increment(ref _running);
        lock (_gate)
            _mostRunning = Math.Max(_mostRunning, running);
        try
        {
            Do(channel, Encoding.ASCII.GetString(new CgiVariables(channel.Variables).Get("QUERY_STRING"u8)));
            channel.Complete();
        }
        catch (Exception exception)
        {
            channel.Fail(new Shims.Diagnostics.Fault(500, exception.ToString(), "see why"));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private void Do(HandlerChannel channel, string action)
    {
        string[] words = action.Split(' ');
        switch (words[0])
        {
            case "write":
                channel.Write(words[1]);
                break;
            case "block":
                if (words.Length > 1)
                    channel.LetLoopGo();
                _gate.Wait();
                channel.Write("done");
                break;
            case "count":
                channel.Write($"{Count(channel)}");
                break;
            case "fill":
                channel.Write(new byte[int.Parse(words[1])]);
                break;
            case "elsewhere":
                Task.Run(() =>
                {
                    channel.Write(new string('x', 200_000));
                    channel.Flush();
                    channel.Write($"{Count(channel)}");
                }).Wait();
                break;
            case "complain":
                Assert.True(channel.WriteError("one\n"u8));
                channel.Write("done");
                Assert.True(channel.WriteError("two\n"u8));
                channel.Flush();
                Assert.True(channel.WriteError("three\n"u8));
                break;
            case "vary":
                Vary(channel, int.Parse(words[1]), int.Parse(words[2]));
                break;
        }
    }

    private static void Vary(HandlerChannel channel, int connection, int i)
    {
        int kind = (connection * 31 + i) % 11;
        if (kind == 1)
            Thread.Sleep(1 + i % 12);
        else if (kind == 2)
            Thread.SpinWait(20_000);
        else if (kind == 3)
            channel.LetLoopGo();
        channel.Write($"{connection} {i} {Count(channel)}");
        if (kind == 4)
            channel.Flush();
        if (kind == 5)
            channel.Write(new string('x', 150_000));
    }

    private static long Count(HandlerChannel channel)
    {
        byte[] room = new byte[10_000];
        long total = 0;
        for (int count; (count = channel.Read(room)) > 0;)
            total += count;
        return total;
    }

    /// <summary>Kept FastCGI connections, served on a thread of their own.</summary>
    private sealed class Service : IAsyncDisposable
    {
        private readonly EventLoop _loop = new();
        private readonly ScriptedHandler _handler;
        private volatile bool _isOver;
        private volatile bool _isBroken;

        internal Service(Action<HandlerChannel> run, int workers, int connections)
        {
            _handler = workers == 0 ? new ScriptedHandler(run) : new ScriptedHandler(run, workers, _loop);
            var context = new LoopContext(new ServiceContext(new GatewayOptions { Program = "test", Target = default, Mode = RunMode.Relay }, Libc.Milliseconds()) { ServesMany = true }, _loop);
            var set = new ConnectionSet(context, _handler, recorder: null, new ProtocolDetection(Protocols.All, [Protocols.FastCgi]));
            Clients = [.. Enumerable.Range(0, connections).Select(_ => Connect(set))];
            Served = Task.Factory.StartNew(
                () =>
                {
                    FirstThread = Environment.CurrentManagedThreadId;
                    _handler.Drive(Round, () => _isOver && set.Count == 0);
                },
                TaskCreationOptions.LongRunning);
        }

        internal FastCgiClient[] Clients { get; }

        internal int FirstThread { get; private set; }

        internal Task Served { get; }

        internal int Ended => _handler.Ended;

        internal async Task<string> AskAsync(int connection, string action, byte[]? body = null) =>
            (await Clients[connection].ExchangeAsync(RequestVariables.For("POST", "/app", query: action), body, keepConnection: true, limit: Patience.Limit)).Reply.Body;

        internal void Fail() => _isBroken = true;

        public async ValueTask DisposeAsync()
        {
            _isOver = true;
            foreach (FastCgiClient client in Clients)
                client.Dispose();
            if (!_isBroken)
                await Served.Patiently();
            _loop.Dispose();
        }

        private static FastCgiClient Connect(ConnectionSet set)
        {
            SocketPair pair = SocketPair.Create();
            int descriptor = Libc.DuplicateAboveStandard((int)pair.Far.SafeHandle.DangerousGetHandle());
            pair.Far.Dispose();
            set.Begin(descriptor);
            return new FastCgiClient(new Connection(pair.Near));
        }

        private void Round()
        {
            _loop.RunOnce();
            if (_isBroken)
                throw new NotSupportedException("the loop is broken");
        }
    }
}
