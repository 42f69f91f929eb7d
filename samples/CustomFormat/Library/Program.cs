using CheckpointBuild.Building;
using CheckpointBuild.Building.Plugins;
using InHouse;

// The same without MSBuild: dotnet run -- ../models/in-house out
RegisteredPlugins.Register(new InHousePlugin());
using EngineBuild build = EngineBuild.Open(args[0], new Recipe { Engine = "gguf" }, new SourceHashes(null));
BuildReport report = build.Run(args[1], new BuilderOptions(), HashTrust.ReadAgain, CancellationToken.None);
Console.WriteLine($"{report.Outputs[0].Path}: {report.Outputs[0].Length} bytes by '{report.Recipe.Plugins[0].Name}'");
