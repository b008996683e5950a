using System.Net.Sockets;
using CsCheck;

namespace Shims.HandlerTests;

/// <summary>Damaged requests to handlers: each connection ends, and the program does too, or serves on; no signal, nothing left over.</summary>
public sealed class DamagedRequestTests
{
    /// <summary>Bytes, whatever has been sent.</summary>
    private const long MemoryLimit = 96 << 20;

    [Theory, MemberData(nameof(Wires.Sharing), MemberType = typeof(Wires))]
    public async Task A_program_for_one_connection_ends_with_a_documented_status(Wire wire) => await Requests(wire).SampleAsync(
        async request =>
        {
            SocketPair pair = SocketPair.Create();
            LaunchedProgram program;
            using (Socket far = pair.Far)
                program = Launcher.Start(new Launch { Program = HandlerRequest.Program, Input = far.SafeHandle, Output = far.SafeHandle });
            await using LaunchedProgram ended = program;
            using (var connection = new Connection(pair.Near))
                await ExchangeAsync(connection, request);
            LaunchResult result = await program.WaitAsync(Patience.Limit);
            Assert.True(result is { Signal: 0, ExitCode: 0 or 71 or 76 }, $"exit status {result.ExitCode}, signal {result.Signal}: {result.ErrorText}");
        },
        iter: TestExtent.Of(80, 8_000),
        threads: 2);

    [Theory, MemberData(nameof(Wires.Sharing), MemberType = typeof(Wires))]
    public async Task A_resident_program_serves_on_and_keeps_nothing(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.Start("SHIMS_STDERR=null");
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        await Requests(wire).SampleAsync(
            async request =>
            {
                using Connection connection = await handler.ConnectAsync();
                await ExchangeAsync(connection, request);
            },
            iter: TestExtent.Of(300, 25_000),
            threads: 4);
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        Assert.InRange(handler.Program.PeakMemory, 1, MemoryLimit);
        handler.Program.Signal(15);
        LaunchResult result = await handler.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0), (result.ExitCode, result.Signal));
    }

    private static Gen<DamagedRequest> Requests(Wire wire) => wire == Wire.FastCgi ? DamagedRequest.FastCgi(script: null) : wire == Wire.Uwsgi ? DamagedRequest.Uwsgi(script: null) : DamagedRequest.Scgi(script: null);

    private static async Task ExchangeAsync(Connection connection, DamagedRequest request)
    {
        try
        {
            await connection.SendAsync(request.First);
            await Task.Yield();
            await connection.SendAsync(request.Rest);
            connection.EndSending();
        }
        catch (SocketException)
        {
            // It has had enough.
        }
        await connection.ReceiveToEndAsync();
    }
}
