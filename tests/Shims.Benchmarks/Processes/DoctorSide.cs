using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>Services of inetd.conf behind nginx.conf, and doctor, who looks at all of them. A sample is the time of one run, in nanoseconds.</summary>
internal sealed partial class DoctorSide : ISide, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Socket> _listeners = [];
    private readonly string _program;
    private readonly int _count;

    /// <param name="workshop">The programs under test.</param>
    /// <param name="count">The number of services.</param>
    public DoctorSide(Workshop workshop, int count)
    {
        (_program, _count) = (workshop.Program("shimctl"), count);
        // shimctl loads it from its own folder.
        workshop.Program("libMonoPosixHelper.so");
        string gateway = workshop.Program("scgi-run");
        var inetd = new StringBuilder();
        var nginx = new StringBuilder("server {\n  listen 127.0.0.1:80;\n");
        for (int i = 0; i < count; i++)
        {
            string name = i.ToString(CultureInfo.InvariantCulture), socket = _folder.PathTo($"{name}.sock");
            string script = _folder.WriteScript($"{name}/x.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nworks'\n");
            inetd.Append(CultureInfo.InvariantCulture, $"{socket} stream unix nowait.9999999 nobody {gateway} scgi-run {script}\n");
            nginx.Append(CultureInfo.InvariantCulture, $"  location /{name}/ {{\n    scgi_param REQUEST_METHOD $request_method;\n    scgi_param SCRIPT_NAME /{name};\n    scgi_pass unix:{socket};\n  }}\n");
            _listeners.Add(Listen(socket));
        }
        _folder.Write("inetd.conf", inetd.ToString());
        _folder.Write("nginx.conf", nginx.Append("}\n").ToString());
    }

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        var start = new ProcessStartInfo(_program, ["doctor", _folder.PathTo("inetd.conf"), _folder.PathTo("nginx.conf")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        long begin = System.Diagnostics.Stopwatch.GetTimestamp();
        using Process doctor = Process.Start(start)!;
        Task<string> errors = doctor.StandardError.ReadToEndAsync();
        string output = await doctor.StandardOutput.ReadToEndAsync();
        await doctor.WaitForExitAsync();
        TimeSpan time = System.Diagnostics.Stopwatch.GetElapsedTime(begin);
        int responses = Response().Count(output);
        return responses >= _count
            ? [time.TotalNanoseconds]
            : throw new InvalidMeasurementException($"{responses} of {_count} services responded: {output}{await errors}");
    }

    public ValueTask DisposeAsync()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex("responds with 200 text/plain, 5 bytes")]
    private static partial Regex Response();

    private static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        // inetd leaves its sockets open to all.
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        _ = RespondAsync(listener);
        return listener;
    }

    private static async Task RespondAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                using Socket connection = await listener.AcceptAsync();
                if (await connection.ReceiveAsync(new byte[64 * 1024]) > 0)
                    await connection.SendAsync("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nworks"u8.ToArray());
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The benchmark is over, or doctor has closed its end.
        }
    }
}
