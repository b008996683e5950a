using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>Answers requests by running CGI scripts: resolve, make the environment, start.</summary>
internal static class ScriptResponder
{
    internal static Fault BodyTooLarge(GatewayOptions options) =>
        new(413, "the request's body is larger than --max-body allows", $"raise --max-body (now {options.Limits.BodySize} bytes), or let the web server refuse it");

    /// <summary>Starts the script of a request whose variables have been read.</summary>
    /// <param name="exchange">The request. Its answer, or the page that says why there is none, is set.</param>
    /// <param name="connection">The script's output if it is to write to the connection itself, else -1.</param>
    internal static void Start(Exchange exchange, int connection = -1)
    {
        GatewayServer server = exchange.Server;
        GatewayOptions options = server.Options;
        if (exchange.BodyLength > options.Limits.BodySize)
        {
            exchange.Fail(BodyTooLarge(options));
            return;
        }
        if (!server.Slots.TryTake(out int slot))
        {
            exchange.Fail(new Fault(503, $"as many scripts are running as --max allows ({options.Limits.Concurrency})", "raise --max, or see why they take so long"));
            return;
        }
        exchange.Slot = slot;

        Resolution resolution = ScriptLaunch.Prepare(options.Target, exchange.Variables, exchange.BodyLength, options.Environment, ref exchange.Memory, out LaunchPlan plan);
        if (resolution != Resolution.Found)
        {
            exchange.Fail(ScriptDiagnosis.Explain(resolution, options.Target));
            return;
        }
        exchange.Answer = connection >= 0 ? ScriptSupervision.Start(exchange, ref plan, connection) : ScriptRelay.Start(exchange, ref plan);
        if (exchange.Answer is null)
            exchange.Fail(ScriptDiagnosis.Explain(plan));
        else
            exchange.Answer.Advance();
    }
}
