using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Shims.Diagnostics;

namespace Shims.AspNetCore.Hosting;

/// <summary>The console logger of a process for one request: it writes what the framework's own one writes, but on the thread that logs, without a queue and a thread for it.</summary>
/// <remarks>A resident app has that thread: there it takes less time than to write each entry at once. Only where nothing else has been said about that one: another form, a time, scopes, colours or a filter of its own are left to it.</remarks>
[ProviderAlias("Console")]
internal sealed class DirectConsole : ILoggerProvider
{
    private const string Colours = "DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION";

    public ILogger CreateLogger(string categoryName) => new DirectLogger(categoryName);

    public void Dispose() => Log.Finish();

    /// <summary>Takes the place of the framework's console logger, unless that is wanted when the loggers are made.</summary>
    internal static void Replace(IServiceCollection services, IConfiguration configuration)
    {
        for (int i = 0; i < services.Count; i++)
        {
            if (IsStandard(services[i]))
                services[i] = ServiceDescriptor.Singleton<ILoggerProvider>(provider => Choose(provider, services, configuration));
        }
    }

    private static ILoggerProvider Choose(IServiceProvider provider, IServiceCollection services, IConfiguration configuration)
    {
        // An app that adds it once more has it there.
        if (services.Any(IsStandard))
            return NullLoggerProvider.Instance;
        bool isPlain = !configuration.GetSection("Logging:Console").Exists() && Environment.GetEnvironmentVariable(Colours) is null && IsPlain(services)
            && !provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>().CurrentValue.Rules.Any(static rule => rule.ProviderName == typeof(ConsoleLoggerProvider).FullName);
        return isPlain ? new DirectConsole() : ActivatorUtilities.CreateInstance<ConsoleLoggerProvider>(provider);
    }

    private static bool IsStandard(ServiceDescriptor service) => !service.IsKeyedService && service.ServiceType == typeof(ILoggerProvider) && service.ImplementationType == typeof(ConsoleLoggerProvider);

    /// <summary>True if code asks of it only what it does anyway.</summary>
    private static bool IsPlain(IServiceCollection services)
    {
        var console = new ConsoleLoggerOptions();
        var form = new SimpleConsoleFormatterOptions();
        foreach (ServiceDescriptor service in services)
        {
            switch (service.IsKeyedService ? null : service.ImplementationInstance)
            {
                case IConfigureOptions<ConsoleLoggerOptions> configure:
                    configure.Configure(console);
                    break;
                case IConfigureOptions<SimpleConsoleFormatterOptions> configure:
                    configure.Configure(form);
                    break;
                case IPostConfigureOptions<ConsoleLoggerOptions> or IPostConfigureOptions<SimpleConsoleFormatterOptions>:
                    return false;
            }
            // A formatter of the app's own may have taken the name.
            if (service.ServiceType == typeof(ConsoleFormatter) && service.ImplementationType?.Assembly != typeof(ConsoleFormatter).Assembly)
                return false;
        }
        return console is { FormatterName: null or ConsoleFormatterNames.Simple, LogToStandardErrorThreshold: LogLevel.None }
            && form is { IncludeScopes: false, TimestampFormat: null, SingleLine: false, ColorBehavior: not LoggerColorBehavior.Enabled };
    }
}
