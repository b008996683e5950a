using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>A handler in a process of its own that hashes the body of its request. A sample is the most memory that it ever had, in bytes.</summary>
/// <param name="handler">The test handler, which does what the query says.</param>
internal sealed class UploadMemorySide(string handler) : ISide
{
    private const int PieceLength = 1 << 20;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        SocketPair pair = SocketPair.Create();
        LaunchedProgram program;
        using (Socket far = pair.Far)
            program = Launcher.Start(new Launch { Program = handler, Input = far.SafeHandle, Output = far.SafeHandle });
        await using LaunchedProgram ended = program;
        using var connection = new Connection(pair.Near);

        Task<string> sending = SendAsync(connection, effort.Bytes);
        Received received = await connection.ReceiveToEndAsync(s_limit);
        string[] lines = received.Reply.Body.Split('\n');
        if (lines[0] != await sending)
            throw new InvalidMeasurementException($"{handler} answers {received.Reply.Status}: {received.Reply.Body}{program.ErrorSoFar}");
        // proc_pid_status(5): the program has looked itself, after the last byte.
        string peak = lines.First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return [double.Parse(peak["VmHWM:".Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024];
    }

    /// <summary>Sends a request with so many bytes, and returns what their MD5 is.</summary>
    private static async Task<string> SendAsync(Connection connection, long length)
    {
        byte[] piece = RandomNumberGenerator.GetBytes(PieceLength);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        await connection.SendAsync(ScgiClient.Encode(RequestVariables.For("POST", "/app", query: "do=md5&do=peak").ForScgi(length)));
        for (long sent = 0; sent < length; sent += piece.Length)
        {
            await connection.SendAsync(piece);
            hash.AppendData(piece);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
