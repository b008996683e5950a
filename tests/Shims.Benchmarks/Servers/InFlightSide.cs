using System.Text;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>
/// Many requests at once to a resident gateway, whose scripts all wait for a pipe to be opened (baseline/held.c). A sample is what the
/// gateway keeps of the memory for itself meanwhile, in bytes for each request.
/// </summary>
/// <param name="gateway">Who is asked.</param>
/// <param name="script">What it runs.</param>
/// <param name="request">A file with the request.</param>
/// <param name="gate">The named pipe.</param>
internal sealed class InFlightSide(ResidentGateway gateway, string script, string request, string gate) : ISide
{
    /// <summary>The words for what is measured.</summary>
    public const string Measure = "memory that the gateway's processes keep for themselves (Private_Dirty) while 200 scripts are running and have not answered, for each of them";

    /// <summary>How many requests at once.</summary>
    public const int Requests = 200;

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        byte[] bytes = await File.ReadAllBytesAsync(request);
        Task<Received>[] replies = [.. Enumerable.Range(0, Requests).Select(_ => AskAsync(bytes))];
        double memory;
        try
        {
            await Patience.UntilAsync(() => gateway.CountOf(script) == Requests, $"{Requests} scripts run behind {gateway.Address}");
            memory = gateway.PrivateMemory / Requests;
        }
        finally
        {
            // Open until the last one has answered: a script that has not come as far as the pipe must not find it closed again.
            await using var opened = new FileStream(gate, FileMode.Open, FileAccess.ReadWrite);
            await Task.WhenAll(replies);
        }

        foreach (Task<Received> reply in replies)
            if (Encoding.Latin1.GetString((await reply).Bytes) is var text && !text.Contains(StaticHello.Text, StringComparison.Ordinal))
                throw new InvalidMeasurementException($"{gateway.Address} answers {text}");
        return [memory];
    }

    private async Task<Received> AskAsync(byte[] bytes)
    {
        using Connection connection = await Connection.OpenAsync(gateway.Address);
        await connection.SendAsync(bytes);
        return await connection.ReceiveToEndAsync();
    }
}
