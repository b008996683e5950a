using Shims.Cgi;
using Shims.FastCgi;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Tests.Cgi;

/// <summary>What may run before the .NET runtime has started must not need it.</summary>
public sealed class AllocationTests
{
    private static readonly byte[] s_header = RecordedRequest.Of("apache-scgi", RecordedRequest.Awkward, "/srv/top").ToNetstring();
    private static readonly byte[] s_parameters = RecordedRequest.Of("apache-fcgi-fpm", RecordedRequest.Awkward, "/srv/top").ToParameters();

    [Fact]
    public void Reading_an_SCGI_header_allocates_nothing() => AllocatesNothing(static () =>
    {
        for (int length = 0; length < s_header.Length; length += 7)
            ScgiHeader.TryGetSize(s_header.AsSpan(0, length), 1 << 18, out _);
        ScgiHeader.TryRead(s_header, 1 << 18, out CgiVariables variables);
        ContentLength.TryRead(variables, out _);
    });

    [Fact]
    public void Reading_FastCGI_parameters_allocates_nothing()
    {
        var destination = new byte[s_parameters.Length + 1];
        AllocatesNothing(() => Parameters.TryDecode(s_parameters, destination, out _));
    }

    [Fact]
    public void Finding_a_script_and_making_its_environment_allocates_nothing()
    {
        using var one = new CommandLineTarget("/opt/a.cgi", "x");
        using var directory = new CommandLineTarget("/");
        using var usr = new CommandLineTarget("/usr/");
        var policy = new EnvironmentPolicy(set: [Latin1.Bytes("A=b")], pass: [Latin1.Bytes("HOME\0")], allow: [Latin1.Bytes("HTTP_AUTHORIZATION"), Latin1.Bytes("X_*")]);
        AllocatesNothing(() =>
        {
            Prepare(one, default);
            Prepare(one, policy);
            Prepare(directory, policy);
            Prepare(usr, policy);
        });
    }

    [Fact]
    public void Writing_records_allocates_nothing()
    {
        var destination = new byte[1024];
        AllocatesNothing(() =>
        {
            RecordWriter.Write(destination, RecordType.Stdout, 1, "content"u8);
            RecordWriter.WriteEndRequest(destination, 1, 0, ProtocolStatus.RequestComplete);
            ManagementValues.WriteResult("\x0e\0FCGI_MAX_CONNS"u8, 100, 100, destination);
        });
    }

    private static void Prepare(CommandLineTarget target, EnvironmentPolicy policy)
    {
        ScgiHeader.TryRead(s_header, 1 << 18, out CgiVariables request);
        Arena memory = Arena.Create(ScriptLaunch.MemoryFor(s_header.Length, policy));
        ScriptLaunch.Prepare(target.Target, request, 0, policy, ref memory, out _, out _);
        memory.Release();
    }

    private static void AllocatesNothing(Action action)
    {
        // The first runs may allocate what the runtime makes of the code.
        long allocated = long.MaxValue;
        for (int i = 0; i < 10 && allocated != 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }
}
