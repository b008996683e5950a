using System.Diagnostics;
using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Servers;

/// <summary>Asks a resident gateway on its own socket, with no web server in between: baseline/clients.c.</summary>
/// <param name="workshop">Compiles it.</param>
/// <param name="gateway">Who is asked.</param>
/// <param name="request">A file with what each client sends.</param>
internal sealed class Clients(Workshop workshop, ResidentGateway gateway, string request)
{
    /// <summary>Only the time is limited.</summary>
    public const long AnyNumber = long.MaxValue;

    private readonly string _program = workshop.Compile("clients.c", "-pthread"), _steps = workshop.Compile("steps.c");

    public ResidentGateway Gateway => gateway;

    /// <summary>Asks again and again, until the time is over or so many answers have come.</summary>
    /// <param name="clients">How many at once.</param>
    /// <param name="time">For how long.</param>
    /// <param name="most">How many requests at the most.</param>
    /// <returns>How long it took, in nanoseconds, and the number of answers.</returns>
    /// <exception cref="InvalidMeasurementException">An answer was missing or wrong.</exception>
    public async Task<(double Nanoseconds, long Responses)> AskAsync(int clients, TimeSpan time, long most)
    {
        string output = await RunAsync(_program, ArgumentsFor(clients, time, most));
        return output.Split(' ') is [var nanoseconds, var answers] && answers.Trim() != "0"
            ? (double.Parse(nanoseconds, CultureInfo.InvariantCulture), long.Parse(answers, CultureInfo.InvariantCulture))
            : throw new InvalidMeasurementException($"{gateway.Address}: {output}");
    }

    /// <summary>The instructions that the gateway's own threads execute for one request: baseline/steps.c.</summary>
    /// <exception cref="InvalidMeasurementException">An answer was missing or wrong.</exception>
    public async Task<double> CountInstructionsAsync()
    {
        const int requests = 1;
        IEnumerable<string> processes = gateway.ProcessIds.Select(id => id.ToString(CultureInfo.InvariantCulture));
        string output = await RunAsync(_steps, [.. processes, "--", _program, .. ArgumentsFor(1, TimeSpan.FromMinutes(1), requests)]);
        // The client tells first how it fared.
        return double.Parse(output.Split('\n')[1], CultureInfo.InvariantCulture) / requests;
    }

    private string[] ArgumentsFor(int clients, TimeSpan time, long most) =>
        [gateway.Address, request, StaticHello.Text, .. new[] { clients, (long)time.TotalMilliseconds, most }.Select(number => number.ToString(CultureInfo.InvariantCulture))];

    private async Task<string> RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidMeasurementException($"{gateway.Address}: {await errors}{output}");
    }
}
